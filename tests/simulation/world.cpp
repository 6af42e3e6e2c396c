#include "world.hpp"

#include <algorithm>
#include <cxxabi.h>
#include <exception>
#include <ucontext.h>

namespace qd::simulation {

namespace {
constexpr std::size_t kStack = 256 << 10;

// The chain of exceptions being handled belongs to the thread: each fiber has its own.
struct Handling {
  void* caught = nullptr;
  unsigned uncaught = 0;
};
Handling& handling() {
  return *reinterpret_cast<Handling*>(abi::__cxa_get_globals());
}

// Between stacks that have begun; swapcontext would ask the kernel for the signal mask each time.
[[gnu::noinline]] void change(std::jmp_buf& from, std::jmp_buf& to) {
  if (_setjmp(from) == 0) _longjmp(to, 1);
}
[[gnu::noinline]] void begin(std::jmp_buf& from, const ucontext_t& to) {
  if (_setjmp(from) == 0) setcontext(&to);
}
}  // namespace

struct World::Fiber {
  std::shared_ptr<Process> process;
  std::function<void()> body;
  std::unique_ptr<char[]> stack;
  std::jmp_buf place;  // where it waits
  Handling handling;
  bool started = false, done = false;
};

struct World::Event {
  UnixMillis time;
  std::uint64_t tie;  // shuffled, so that what happens at the same moment happens in any order
  Fiber* fiber;
  std::function<void()> action;
};

namespace {
constexpr auto later = [](const auto& a, const auto& b) { return a.time != b.time ? a.time > b.time : a.tie > b.tie; };
}  // namespace

World::World(std::uint64_t seed) : random_(seed) {}

World::~World() {
  // What still stands on the stacks of fibers is unwound.
  for (const auto& fiber : fibers_) {
    fiber->process->dead = true;
    if (fiber->started && !fiber->done) resume(*fiber);
  }
}

std::shared_ptr<Process> World::current() const {
  return running_ == nullptr ? nullptr : running_->process;
}

void World::push(UnixMillis time, Fiber* fiber, std::function<void()> action) {
  events_.push_back({time, random_(), fiber, std::move(action)});
  std::ranges::push_heap(events_, later);
}

void World::spawn(std::shared_ptr<Process> process, UnixMillis start, std::function<void()> body) {
  auto fiber = std::make_unique<Fiber>();
  fiber->process = std::move(process);
  fiber->body = std::move(body);
  push(start, fiber.get(), {});
  fibers_.push_back(std::move(fiber));
}

void World::at(UnixMillis time, std::function<void()> action) {
  push(time, nullptr, std::move(action));
}

void World::enter(unsigned high, unsigned low) {
  auto* world = reinterpret_cast<World*>((static_cast<std::uintptr_t>(high) << 32) | low);
  Fiber* fiber = world->running_;
  try {
    if (!fiber->process->dead) fiber->body();
  } catch (const Killed&) {
  } catch (...) {
    world->failure_ = std::current_exception();
  }
  fiber->body = nullptr;
  fiber->done = true;
  _longjmp(world->outside_, 1);
}

void World::resume(Fiber& fiber) {
  Fiber* const before = running_;
  running_ = &fiber;
  const Handling own = handling();
  handling() = fiber.handling;
  if (fiber.started) {
    change(outside_, fiber.place);
  } else {
    fiber.started = true;
    fiber.stack = take_stack();
    ucontext_t context{};
    getcontext(&context);
    context.uc_stack.ss_sp = fiber.stack.get();
    context.uc_stack.ss_size = kStack;
    const auto self = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&context, reinterpret_cast<void (*)()>(&World::enter), 2, static_cast<unsigned>(self >> 32),
                static_cast<unsigned>(self));
    begin(outside_, context);
  }
  fiber.handling = handling();
  handling() = own;
  running_ = before;
  if (fiber.done) spare_stacks_.push_back(std::move(fiber.stack));
}

std::unique_ptr<char[]> World::take_stack() {
  if (spare_stacks_.empty()) return std::unique_ptr<char[]>(new char[kStack]);
  auto stack = std::move(spare_stacks_.back());
  spare_stacks_.pop_back();
  return stack;
}

void World::sleep_until(UnixMillis time) {
  Fiber& fiber = *running_;
  push(std::max(time, now_), &fiber, {});
  change(fiber.place, outside_);
  if (fiber.process->dead) throw Killed{};
}

void World::run(UnixMillis end) {
  while (!events_.empty() && events_.front().time <= end) {
    std::ranges::pop_heap(events_, later);
    auto event = std::move(events_.back());
    events_.pop_back();
    now_ = std::max(now_, event.time);
    if (event.fiber == nullptr) {
      event.action();
    } else if (!event.fiber->process->dead && event.fiber->process->paused_until > now_) {
      push(event.fiber->process->paused_until, event.fiber, {});
    } else if (!event.fiber->done) {
      resume(*event.fiber);
    }
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }
  now_ = std::max(now_, end);
}

}  // namespace qd::simulation
