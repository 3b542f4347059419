#include "speech/espeak.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/encoding.hpp"
#include "base/time.hpp"

namespace belfry::speech {
namespace {

using namespace std::chrono_literals;
using base::Errc;
using base::Result;

constexpr base::Duration time_limit = 10s;
constexpr std::size_t output_limit = 16u << 20;
constexpr std::size_t header_bytes = 44;

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  int get() const { return number_; }

 private:
  int number_;
};

/// A running program with its two ends. Ends with it: a program that still runs is killed.
class Child {
 public:
  static Result<Child> start(const std::string& program, std::vector<std::string> arguments) {
    int input[2];  // a socket, since writing to it can be asked not to raise SIGPIPE
    int output[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, input) != 0)
      return base::fail(Errc::unavailable, "no descriptors left");
    Child child;
    child.input_ = Descriptor(input[0]);
    Descriptor theirs_in(input[1]);
    if (::pipe2(output, O_CLOEXEC) != 0)
      return base::fail(Errc::unavailable, "no descriptors left");
    child.output_ = Descriptor(output[0]);
    Descriptor theirs_out(output[1]);
    ::fcntl(child.input_.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(child.output_.get(), F_SETFL, O_NONBLOCK);
    if (!child.spawn(program, arguments, theirs_in.get(), theirs_out.get()))
      return base::fail(Errc::unavailable, "cannot run " + program);
    return child;
  }
  Child(Child&& other) noexcept
      : input_(std::move(other.input_)),
        output_(std::move(other.output_)),
        pid_(std::exchange(other.pid_, -1)) {}
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  /// Gives it the text and takes all that it says until it closes its output.
  Result<std::string> converse(std::string_view text) {
    const base::SystemClock clock;
    const base::Instant deadline = clock.now() + time_limit;
    std::string heard;
    while (true) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock.now());
      if (left <= 0ms) return base::fail(Errc::timed_out, "espeak-ng took more than 10 s");
      if (text.empty()) input_.close();
      pollfd both[] = {{output_.get(), POLLIN, 0}, {input_.get(), POLLOUT, 0}};
      ::poll(both, input_.get() >= 0 ? 2 : 1, static_cast<int>(left.count()));
      if (both[1].revents != 0 && !write_some(text)) text = {};
      if (both[0].revents == 0) continue;
      const auto more = read_some(heard);
      if (!more) return base::fail(more.error());
      if (!*more) return heard;
    }
  }
  bool succeeded() {
    int status = 0;
    const pid_t ended = ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  Child() = default;

  bool spawn(
      const std::string& program, const std::vector<std::string>& arguments, int in, int out
  ) {
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments)
      argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    char path[] = "PATH=/usr/bin:/bin";
    char locale[] = "LC_ALL=C.UTF-8";
    char* environment[] = {path, locale, nullptr};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    const int failed =
        ::posix_spawn(&pid_, program.c_str(), &files, &attributes, argv.data(), environment);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (failed != 0) pid_ = -1;
    return failed == 0;
  }

  /// @return false when it reads no more.
  bool write_some(std::string_view& text) const {
    const auto sent = ::send(input_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    text.remove_prefix(static_cast<std::size_t>(sent));
    return true;
  }
  /// @return false at the end.
  Result<bool> read_some(std::string& into) const {
    char buffer[65536];
    const auto got = ::read(output_.get(), buffer, sizeof buffer);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    into.append(buffer, static_cast<std::size_t>(got));
    if (into.size() > output_limit)
      return base::fail(Errc::too_large, "espeak-ng says more than 16 MiB");
    return true;
  }

  Descriptor input_;
  Descriptor output_;
  pid_t pid_ = -1;
};

/// The WAV header's lengths are placeholders, since it is written to a pipe: all behind it is
/// sound.
Result<media::PcmClip> read_streamed_wav(std::string_view wav) {
  if (wav.size() <= header_bytes || !wav.starts_with("RIFF"))
    return base::fail(Errc::unavailable, "espeak-ng made no sound");
  media::PcmClip clip;
  std::memcpy(&clip.rate.hz, wav.data() + 24, 4);
  if (clip.rate.hz < 8000 || clip.rate.hz > 48000)
    return base::fail(Errc::unavailable, "espeak-ng gives an odd sample rate");
  wav.remove_prefix(header_bytes);
  clip.samples.resize(wav.size() / sizeof(media::Sample));
  std::memcpy(clip.samples.data(), wav.data(), clip.samples.size() * sizeof(media::Sample));
  return clip;
}

}  // namespace

Espeak::Espeak(std::string program)
    : program_(std::move(program)),
      available_(!program_.empty() && ::access(program_.c_str(), X_OK) == 0) {}

Result<media::PcmClip> Espeak::speak(const std::string& voice, const std::string& text, double rate)
    const {
  if (!available_) return base::fail(Errc::unavailable, "espeak-ng is not installed");
  const int words_a_minute = static_cast<int>(165 * std::clamp(rate, 0.5, 2.0));
  BELFRY_TRY(
      child, Child::start(
                 program_, {"-v", voice, "-s", std::to_string(words_a_minute), "-b", "1", "--stdin",
                            "--stdout"}
             )
  );
  BELFRY_TRY(wav, child.converse(text + "\n"));
  if (!child.succeeded())
    return base::fail(Errc::unavailable, "espeak-ng failed for voice " + voice);
  return read_streamed_wav(wav);
}

}  // namespace belfry::speech
