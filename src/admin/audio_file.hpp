#pragma once
#include <fstream>
#include <memory>
#include <string>

#include "base/worker_pool.hpp"
#include "http/message.hpp"

namespace belfry::admin {

/// A file as the body of an answer, read in pieces on a thread of the pool: an hour of audio is 58
/// MB, and neither the control thread waits for the disk nor is all of it in memory. A disk that
/// fails half way ends the body. Control thread; the pool outlives it.
class AudioFile final : public http::BodyStream {
 public:
  /// @return Errc::not_found when it cannot be opened.
  static base::Task<base::Result<std::unique_ptr<AudioFile>>> open(
      base::WorkerPool& pool, std::string path
  );
  base::Task<std::optional<std::string>> next() override;

 private:
  /// Shared with the job that a thread still runs when the client has gone.
  using File = std::shared_ptr<std::ifstream>;
  AudioFile(base::WorkerPool& pool, File file) : pool_(pool), file_(std::move(file)) {}

  base::WorkerPool& pool_;
  File file_;
};

}  // namespace belfry::admin
