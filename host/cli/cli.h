// The command line: finds the command that the first argument names and runs it.
#pragma once

namespace scrip::cli {

// The exit status: 0 done, 1 refused or failed, 2 wrong usage. Never throws.
int run(int argc, char** argv);

}  // namespace scrip::cli
