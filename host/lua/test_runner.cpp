#include "lua/test_runner.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "lua/evaluator.h"
#include "lua/loader.h"
#include "lua/test_bench.h"
#include "lua/test_cases.h"
#include "lua/utf8.h"
#include "lua/words.h"

namespace scrip {
namespace {

// What one run of one test came to.
struct Outcome {
  std::string name;  // "title: name"
  int line = 0;
  bool blocked = false;
  bool cut_off = false;  // out of time or memory
  std::optional<PolicyError> failure;
  std::vector<std::shared_ptr<const TestBench::Asked>> asked;
  std::shared_ptr<const AskedDecision> shown;  // of a failure
};

// A test file in a VM, made again when a test has spent it.
class TestFile {
 public:
  TestFile(const Program& program, const PluginShelf& shelf, const LuaPolicySet& set, Evaluator& evaluator,
           bool complete, const TestOptions& options, std::size_t source)
      : program_(program), source_(source), make_bench_([=, &shelf, &set, &evaluator, &options] {
          return std::make_unique<TestBench>(shelf, source, set, evaluator, complete, options);
        }) {}

  // Loads the file; an error when it cannot be.
  std::optional<PolicyError> load();

  std::size_t size() const { return cases_.size(); }
  Outcome run(std::size_t at);

 private:
  struct Case {
    std::string name;
    int line = 0;
    int function = LUA_NOREF;           // reference in the registry
    std::optional<TableCase> in_table;  // when there is no function
  };

  const PolicyFile& file() const { return (*program_.sources)[source_]; }
  Vm::Budget budget() const { return load_budget(program_.limits); }
  void read_cases(lua_State* L, int box, const Vm& vm);

  const Program& program_;
  const std::size_t source_;
  const std::function<std::unique_ptr<TestBench>()> make_bench_;
  std::unique_ptr<TestBench> bench_;
  std::unique_ptr<Vm> vm_;
  std::string title_;
  std::vector<Case> cases_;  // by line, name
};

std::optional<PolicyError> TestFile::load() {
  cases_.clear();
  bench_ = make_bench_();
  vm_ = Vm::create(program_.sources);
  if (!vm_) return PolicyError{file().name, 0, "no Lua VM can be made on this machine"};
  vm_->context = static_cast<RuleBench*>(bench_.get());
  const bool loaded = vm_->run(budget(), [&](lua_State* L) {
    bench_->open(L, PolicyFileKind::test);
    vm_->push_chunk(L, source_);
    lua_call(L, 0, 1);
    const auto* box = to_box<TestBox>(L, -1);
    if (!box) raise(L, "the file returns a %s; it ends with: return test \"title\" { ... }", luaL_typename(L, -1));
    read_cases(L, lua_gettop(L), *vm_);
  });
  if (!loaded) return to_error(vm_->failure(), file());
  return std::nullopt;
}

void TestFile::read_cases(lua_State* L, int box, const Vm& vm) {
  lua_getfenv(L, box);
  lua_getfield(L, -1, "title");
  title_ = lua_tostring(L, -1);
  lua_getfield(L, -2, "cases");
  const int cases = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, cases) != 0) {
    const bool named = lua_type(L, -2) == LUA_TSTRING;
    if (named && lua_istable(L, -1)) {
      const std::string name = lua_tostring(L, -2);
      for (TableCase& each : read_table_cases(L, lua_gettop(L), name)) {
        Case& added = cases_.emplace_back();
        added.name = name + ": " + each.name;
        added.line = each.line;
        added.in_table = std::move(each);
      }
      lua_pop(L, 1);
      continue;
    }
    if (!named || !lua_isfunction(L, -1)) {
      raise(L, "test \"%s\": a test is [\"name\"] = function(t) ... end, or { ..., case \"name\" { ... } }",
            title_.c_str());
    }
    Case& added = cases_.emplace_back();
    added.name = lua_tostring(L, -2);
    added.function = luaL_ref(L, LUA_REGISTRYINDEX);
    added.line = vm.start_of(added.function, "").line;
  }
  std::sort(cases_.begin(), cases_.end(),
            [](const Case& a, const Case& b) { return std::tie(a.line, a.name) < std::tie(b.line, b.name); });
}

Outcome TestFile::run(std::size_t at) {
  // Loaded before with the same bytes, so it loads again.
  if (vm_->spent()) load();
  const Case& test = cases_[at];
  Outcome outcome{.name = to_utf8(title_ + ": " + test.name), .line = test.line};
  bench_->begin(outcome.name);
  const bool passed = vm_->run(budget(), [&](lua_State* L) {
    if (test.in_table) return run_table_case(L, *test.in_table);
    lua_rawgeti(L, LUA_REGISTRYINDEX, test.function);
    bench_->push_t(L);
    lua_call(L, 1, 0);
  });
  outcome.asked = bench_->asked();
  outcome.cut_off = vm_->spent();
  outcome.blocked = bench_->blocked();
  if (!passed) {
    outcome.failure = to_error(vm_->failure(), file());
    if (outcome.failure->line == 0) outcome.failure->line = test.line;
    if (const std::string progress = bench_->progress(); !progress.empty() && vm_->spent()) {
      outcome.failure->message += "; " + progress + "; ask for fewer, or give tests more time";
    }
    outcome.shown = bench_->shown();
  }
  return outcome;
}

// All tests in one order, with one evaluator for all of them.
class Pass {
 public:
  Pass(const LuaPolicySet& set, const Program& program, const PluginShelf& shelf, bool complete,
       const TestOptions& options)
      : evaluator_(set.evaluator()) {
    for (std::size_t i = 0; i < program.sources->size(); ++i) {
      if (kind_of((*program.sources)[i]) != PolicyFileKind::test) continue;
      auto file = std::make_unique<TestFile>(program, shelf, set, *evaluator_, complete, options, i);
      if (auto error = file->load()) {
        errors_.push_back(std::move(*error));
        continue;
      }
      for (std::size_t at = 0; at < file->size(); ++at) tests_.push_back({file.get(), i, at});
      files_.push_back(std::move(file));
    }
  }

  struct Test {
    TestFile* file = nullptr;
    std::size_t source = 0;
    std::size_t at = 0;
  };
  const std::vector<Test>& tests() const { return tests_; }
  const std::vector<PolicyError>& errors() const { return errors_; }
  static Outcome run(const Test& test) { return test.file->run(test.at); }

 private:
  std::unique_ptr<Evaluator> evaluator_;
  std::vector<std::unique_ptr<TestFile>> files_;
  std::vector<Test> tests_;  // by file, line
  std::vector<PolicyError> errors_;
};

bool same(const Outcome& a, const Outcome& b) {
  // Which says something about the machine, not about state.
  if (a.cut_off || b.cut_off) return true;
  return a.failure == b.failure &&
         std::equal(a.asked.begin(), a.asked.end(), b.asked.begin(), b.asked.end(),
                    [](const auto& one, const auto& other) { return same_outcome(one->verdict, other->verdict); });
}

}  // namespace

TestReport run_policy_tests(const LuaPolicySet& set, const Program& program, const PluginShelf& shelf, bool complete,
                            const TestOptions& options) {
  TestReport report;
  const Pass forward(set, program, shelf, complete, options);
  const Pass backward(set, program, shelf, complete, options);
  report.errors = forward.errors();
  const std::size_t count = std::min(forward.tests().size(), backward.tests().size());
  std::vector<Outcome> one(count);
  std::vector<Outcome> other(count);
  for (std::size_t i = 0; i < count; ++i) one[i] = Pass::run(forward.tests()[i]);
  for (std::size_t i = count; i-- > 0;) other[i] = Pass::run(backward.tests()[i]);
  for (std::size_t i = 0; i < count; ++i) {
    if (one[i].blocked || other[i].blocked) continue;
    const std::string& file = (*program.sources)[forward.tests()[i].source].name;
    PolicyTestResult result{.file = file, .line = one[i].line, .name = one[i].name, .passed = true, .message = {}};
    std::optional<PolicyError> error;
    if (!same(one[i], other[i])) {
      error = {file, one[i].line,
               "comes out differently when the tests run in the opposite order: a rule keeps state between decisions"};
    } else if (one[i].failure) {
      error = one[i].failure;
    } else if (other[i].failure) {
      error = other[i].failure;
    }
    if (error) {
      result.passed = false;
      result.message = to_string(*error);
      error->message = "test '" + result.name + "': " + error->message;
      report.errors.push_back(std::move(*error));
    }
    report.results.push_back(std::move(result));
    report.decisions.push_back(error ? one[i].shown : nullptr);
  }
  return report;
}

void run_policy_tests_once(const LuaPolicySet& set, const Program& program, const PluginShelf& shelf,
                           const TestOptions& options) {
  const Pass pass(set, program, shelf, true, options);
  for (const Pass::Test& test : pass.tests()) Pass::run(test);
}

}  // namespace scrip
