#include "admin/audio_file.hpp"

namespace belfry::admin {
namespace {

constexpr std::size_t piece_size = std::size_t{256} * 1024;

std::string read_piece(std::ifstream& file) {
  std::string piece(piece_size, '\0');
  file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
  piece.resize(static_cast<std::size_t>(file.gcount()));
  return piece;
}

}  // namespace

base::Task<base::Result<std::unique_ptr<AudioFile>>> AudioFile::open(
    base::WorkerPool& pool, std::string path
) {
  std::move_only_function<File()> job = [path] {
    return std::make_shared<std::ifstream>(path, std::ios::binary);
  };
  base::Task<File> opening = pool.run(std::move(job));
  File file = co_await std::move(opening);
  if (!*file) co_return base::fail(base::Errc::not_found, "the file cannot be opened");
  co_return std::unique_ptr<AudioFile>(new AudioFile(pool, std::move(file)));
}

base::Task<std::optional<std::string>> AudioFile::next() {
  std::move_only_function<std::string()> job = [file = file_] { return read_piece(*file); };
  base::Task<std::string> reading = pool_.run(std::move(job));
  std::string piece = co_await std::move(reading);
  if (piece.empty()) co_return std::nullopt;
  co_return piece;
}

}  // namespace belfry::admin
