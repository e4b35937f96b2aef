// Work that may take long and must not be felt: it runs when nothing else wants the core.
#pragma once

namespace scrip {

// Moves the calling thread, and those that it starts from then on, behind all others. Linux'
// SCHED_IDLE and not a nice value: of that a kernel of 2025 gives a thread which has just woken up its
// turn only after milliseconds. Beside two threads at nice 19 a server of ours answered a third as many
// claims as alone, beside two of these three quarters. It cannot be taken back. Who holds a lock that
// others need should not do so for long afterwards. A system that refuses changes nothing but the speed
// of others.
void run_in_background();

}  // namespace scrip
