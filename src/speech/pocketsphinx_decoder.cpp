#include "speech/pocketsphinx_decoder.hpp"

#include <pocketsphinx.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/err.h>
#include <sphinxbase/feat.h>
#include <sphinxbase/fsg_model.h>
#include <sphinxbase/jsgf.h>

#include <vector>

namespace belfry::speech {
namespace {

constexpr const char* acoustic_model = "en-us";
constexpr const char* dictionary = "cmudict-en-us.dict";
constexpr const char* language_model = "en-us.lm.bin";
constexpr const char* any_english = "english";
constexpr const char* hints = "hints";

/// The library counts segment scores of its n-gram search in 1024ths of those of its grammars.
constexpr double segment_scale = 1024;

struct FreeConfig {
  void operator()(cmd_ln_t* config) const { cmd_ln_free_r(config); }
};
struct FreeGrammar {
  void operator()(jsgf_t* grammar) const { jsgf_grammar_free(grammar); }
};
struct FreeModel {
  void operator()(fsg_model_t* model) const { fsg_model_free(model); }
};
struct FreeDecoder {
  void operator()(ps_decoder_t* decoder) const { ps_free(decoder); }
};

bool is_filler(std::string_view word) {
  return word.empty() || word.front() == '<' || word.front() == '[' || word.front() == '+' ||
         word.front() == '(';
}

/// The pronunciation that was chosen, "read(2)", is of no interest.
std::string_view without_variant(std::string_view word) {
  return word.substr(0, word.find('('));
}

}  // namespace

struct PocketsphinxDecoder::Library {
  std::unique_ptr<cmd_ln_t, FreeConfig> config;
  std::unique_ptr<ps_decoder_t, FreeDecoder> decoder;
  std::vector<mfcc_t> channel;  // the cepstral mean that the models begin with
  bool in_grammar = false;
  bool open = false;  // an utterance has begun
};

PocketsphinxDecoder::PocketsphinxDecoder(std::unique_ptr<Library> library)
    : library_(std::move(library)) {}
PocketsphinxDecoder::~PocketsphinxDecoder() = default;

bool PocketsphinxDecoder::has_models(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::exists(folder / acoustic_model / "mdef", error) &&
         std::filesystem::exists(folder / dictionary, error) &&
         std::filesystem::exists(folder / language_model, error);
}

base::Result<std::unique_ptr<PocketsphinxDecoder>> PocketsphinxDecoder::create(
    const std::filesystem::path& folder
) {
  err_set_logfp(nullptr);  // it would write to stderr
  const std::string model = folder / acoustic_model;
  const std::string words = folder / dictionary;
  const std::string language = folder / language_model;
  auto library = std::make_unique<Library>();
  // Senones are scored against the best of all, not of those that are active: scores of different
  // searches can be compared.
  library->config.reset(cmd_ln_init(
      nullptr, ps_args(), TRUE, "-hmm", model.c_str(), "-dict", words.c_str(), "-samprate", "16000",
      "-compallsen", "yes", "-logfn", "/dev/null", nullptr
  ));
  if (library->config) library->decoder.reset(ps_init(library->config.get()));
  if (!library->decoder ||
      ps_set_lm_file(library->decoder.get(), any_english, language.c_str()) != 0)
    return base::fail(base::Errc::unavailable, "the models in " + folder.string() + " are no use");
  const feat_t* features = ps_get_feat(library->decoder.get());
  library->channel.resize(static_cast<std::size_t>(features->cmn_struct->veclen));
  cmn_live_get(features->cmn_struct, library->channel.data());
  std::unique_ptr<PocketsphinxDecoder> made(new PocketsphinxDecoder(std::move(library)));
  made->use_language_model();
  return made;
}

bool PocketsphinxDecoder::knows(std::string_view word) const {
  char* phones = ps_lookup_word(library_->decoder.get(), std::string(word).c_str());
  const bool known = phones != nullptr;
  std::free(phones);
  return known;
}

base::Result<> PocketsphinxDecoder::set_grammar(const std::string& jsgf) {
  // Not ps_set_jsgf_string: that one never frees what it has read.
  ps_decoder_t* decoder = library_->decoder.get();
  const std::unique_ptr<jsgf_t, FreeGrammar> grammar(jsgf_parse_string(jsgf.c_str(), nullptr));
  jsgf_rule_t* rule = grammar ? jsgf_get_public_rule(grammar.get()) : nullptr;
  if (rule == nullptr) return base::fail(base::Errc::malformed, "the grammar cannot be read");
  const auto weight = static_cast<float>(cmd_ln_float_r(library_->config.get(), "-lw"));
  const std::unique_ptr<fsg_model_t, FreeModel> model(
      jsgf_build_fsg(grammar.get(), rule, ps_get_logmath(decoder), weight)
  );
  if (!model || ps_set_fsg(decoder, hints, model.get()) != 0)
    return base::fail(base::Errc::malformed, "the grammar cannot be used");
  return {};
}

void PocketsphinxDecoder::use_grammar() {
  ps_set_search(library_->decoder.get(), hints);
  library_->in_grammar = true;
}

void PocketsphinxDecoder::use_language_model() {
  ps_set_search(library_->decoder.get(), any_english);
  library_->in_grammar = false;
}

void PocketsphinxDecoder::forget_channel() {
  if (std::exchange(library_->open, false)) ps_end_utt(library_->decoder.get());
  ps_start_stream(library_->decoder.get());
  cmn_live_set(ps_get_feat(library_->decoder.get())->cmn_struct, library_->channel.data());
}

void PocketsphinxDecoder::begin() {
  if (std::exchange(library_->open, true)) ps_end_utt(library_->decoder.get());
  ps_start_utt(library_->decoder.get());
}

void PocketsphinxDecoder::hear(media::ConstSamples wide) {
  ps_process_raw(library_->decoder.get(), wide.data(), wide.size(), FALSE, FALSE);
}

std::string PocketsphinxDecoder::so_far() const {
  const char* words = ps_get_hyp(library_->decoder.get(), nullptr);
  return words == nullptr ? std::string() : words;
}

PocketsphinxDecoder::Understanding PocketsphinxDecoder::end() {
  ps_decoder_t* decoder = library_->decoder.get();
  ps_end_utt(decoder);
  library_->open = false;
  Understanding understood;
  std::int32_t score = 0;
  if (ps_get_hyp(decoder, &score) == nullptr) return understood;
  understood.score = score;
  double sound = 0;
  int frames = 0;
  for (ps_seg_t* segment = ps_seg_iter(decoder); segment != nullptr;
       segment = ps_seg_next(segment)) {
    const std::string_view word = ps_seg_word(segment);
    if (is_filler(word)) continue;
    int first = 0;
    int last = 0;
    std::int32_t acoustic = 0;
    ps_seg_frames(segment, &first, &last);
    ps_seg_prob(segment, &acoustic, nullptr, nullptr);
    sound += acoustic / (library_->in_grammar ? 1 : segment_scale);
    frames += last - first + 1;
    if (!understood.words.empty()) understood.words += ' ';
    understood.words += without_variant(word);
  }
  if (frames > 0) understood.fit = sound / frames;
  return understood;
}

}  // namespace belfry::speech
