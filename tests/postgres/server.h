// A real PostgreSQL server in a folder of its own, reached by a unix socket in that folder and by nothing
// else. It runs as a child of this process and as nobody of weight: PostgreSQL refuses root, so when this
// is root the folder and the server belong to the user `postgres` of Debian's package.
//
// It never outlives the thread that has started it: the kernel stops it when that thread ends, however it
// ends.
//
// Throws std::runtime_error when something cannot be done, with the end of the server's log.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace scrip::postgres_test {

class Server {
 public:
  // Makes a cluster in `folder`, which is there and empty. Its superuser is "scrip", who needs no password.
  static void make_cluster(const std::string& folder);

  // Makes a copy of the running server in the folder `primary` that follows it, to be started in `folder`.
  static void make_standby(const std::string& folder, const std::string& primary);

  // Starts on the cluster in `folder`, and returns when it takes connections. `settings`: "fsync=off".
  explicit Server(std::string folder, const std::vector<std::string>& settings = {});
  // As kill().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // "postgresql://…" of a database.
  std::string url(const std::string& database) const { return url_of(folder_, database); }
  static std::string url_of(const std::string& folder, const std::string& database);
  // Of the same database on several servers, of which one can be written.
  static std::string url_of(const std::vector<std::string>& folders, const std::string& database);
  static std::string log_of(const std::string& folder) { return folder + "/server.log"; }
  bool runs();

  // Ends every connection and stops in good order ("fast").
  void stop();
  // Stops as if the power had gone ("immediate"): the next start recovers from the log.
  void kill();

 private:
  void end(int signal);

  const std::string folder_;
  pid_t pid_ = 0;
};

// An empty folder that the server's user can write to, in the folder for temporary files.
std::string make_server_folder();

}  // namespace scrip::postgres_test
