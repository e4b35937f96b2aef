# The load that coupon-live's original was tested with: members nobody has seen before, who all want
# coupon 3. A refusal (400) is an answer as good as a coupon (200); anything else is a failure.
# Run by ./dev bench locust, or by hand:
#   locust -f tests/bench/locust/coupon_live.py --headless -u 200 -r 200 -t 20s --host http://127.0.0.1:8080
# against a server with --compat --open-rpc.
import random

from locust import FastHttpUser, constant, events, task


class Member(FastHttpUser):
    wait_time = constant(0)

    @task
    def issue(self):
        body = {"userId": random.randint(1, 10_000_000), "couponId": 3}
        with self.client.post("/v1/coupons/issue", json=body, catch_response=True) as answer:
            answer.request_meta["name"] = f"answered {answer.status_code}"
            if answer.status_code in (200, 400):
                answer.success()
            else:
                answer.failure(f"status {answer.status_code}")


@events.quitting.add_listener
def summarize(environment, **_):
    total = environment.stats.total
    answers = [f"{entry.num_requests} {entry.name}" for entry in environment.stats.entries.values()]
    print(
        f"{total.num_requests} requests, {total.total_rps:.0f} requests/s, {total.num_failures} failures,"
        f" p50 {total.get_response_time_percentile(0.5)} ms, p99 {total.get_response_time_percentile(0.99)} ms;"
        f" {', '.join(sorted(answers))}"
    )
