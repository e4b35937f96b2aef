// The commands, one file each. Each is given its own arguments (argv[0] is the command's name) and
// returns the exit status. Only cli.cpp calls them, on the main thread.
#pragma once

namespace scrip::cli {

int serve(int argc, char** argv);
int reload(int argc, char** argv);
int policy(int argc, char** argv);
int audit(int argc, char** argv);
int decisions(int argc, char** argv);
int explain(int argc, char** argv);
int user(int argc, char** argv);
int token(int argc, char** argv);
int import(int argc, char** argv);
int export_(int argc, char** argv);
int verify(int argc, char** argv);
int migrate(int argc, char** argv);
int load(int argc, char** argv);
int bench(int argc, char** argv);
int version(int argc, char** argv);

}  // namespace scrip::cli
