# What coupon-live has given out, as the server shows it: how many, of how many, to how many members.
# Fails when more were given than there are, or a member has two. Usage: check.py URL, the operator's
# token in the environment as TOKEN.
import json
import os
import sys
import urllib.request

url = sys.argv[1]


def get(path):
    request = urllib.request.Request(url + path, headers={"Authorization": "Bearer " + os.environ["TOKEN"]})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


campaign = get("/api/v1/campaigns/coupon-live")
members = []
path = "/api/v1/campaigns/coupon-live/coupons?state=issued&limit=1000"
cursor = ""
while True:
    page = get(path + cursor)
    members += [coupon["user_id"] for coupon in page["data"]]
    if not page["has_more"]:
        break
    cursor = "&cursor=" + page["next_cursor"]
issued, total = campaign["issued"], campaign["total"]
print(f"{issued} of {total} coupons given to {len(set(members))} members")
if issued > total:
    sys.exit("more coupons were given than there are")
if len(members) != issued or len(set(members)) != issued:
    sys.exit("a coupon is counted wrong, or a member has two")
