#include "base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace belfry::base::metrics {
namespace {

prometheus::Registry& registry() {
  static prometheus::Registry instance(prometheus::Registry::InsertBehavior::Merge);
  return instance;
}

struct PrometheusCounter final : Counter {
  explicit PrometheusCounter(prometheus::Counter& series) : series_(series) {}
  void add(double by) override { series_.Increment(by); }

 private:
  prometheus::Counter& series_;
};

struct PrometheusGauge final : Gauge {
  explicit PrometheusGauge(prometheus::Gauge& series) : series_(series) {}
  void set(double value) override { series_.Set(value); }
  void add(double by) override { series_.Increment(by); }

 private:
  prometheus::Gauge& series_;
};

struct PrometheusHistogram final : Histogram {
  explicit PrometheusHistogram(prometheus::Histogram& series) : series_(series) {}
  void observe(double value) override { series_.Observe(value); }

 private:
  prometheus::Histogram& series_;
};

/// Keeps one wrapper a series.
template <class Wrapper, class Series>
Wrapper& wrapper_of(Series& series) {
  static std::mutex mutex;
  static std::unordered_map<Series*, std::unique_ptr<Wrapper>> wrappers;
  const std::lock_guard lock(mutex);
  auto& wrapper = wrappers[&series];
  if (!wrapper) wrapper = std::make_unique<Wrapper>(series);
  return *wrapper;
}

}  // namespace

Counter& counter(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry());
  return wrapper_of<PrometheusCounter>(family.Add(labels));
}

Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(registry());
  return wrapper_of<PrometheusGauge>(family.Add(labels));
}

Histogram& histogram(
    const std::string& name, const std::string& help, const std::vector<double>& buckets,
    const Labels& labels
) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(registry());
  return wrapper_of<PrometheusHistogram>(family.Add(labels, buckets));
}

std::string render() {
  return prometheus::TextSerializer().Serialize(registry().Collect());
}

}  // namespace belfry::base::metrics
