#include "cli/cli.h"

int main(int argc, char** argv) {
  return scrip::cli::run(argc, argv);
}
