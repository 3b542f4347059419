#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Counters and gauges for `/metrics`. Look a series up once and keep the reference; adding is an
/// atomic. Any thread. No phone numbers, call SIDs or addresses as label values.
namespace belfry::base::metrics {

using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void add(double by = 1) = 0;
};

class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void set(double value) = 0;
  virtual void add(double by) = 0;
};

class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void observe(double value) = 0;
};

/// The same name and labels give the same series; references live as long as the process.
Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
Histogram& histogram(
    const std::string& name, const std::string& help, const std::vector<double>& buckets,
    const Labels& labels = {}
);

/// Prometheus text format 0.0.4.
std::string render();

}  // namespace belfry::base::metrics
