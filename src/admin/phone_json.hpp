#pragma once
#include "admin/problem.hpp"
#include "sim/phone_network.hpp"

/// Simulated phones as `/sim` and the live events show them. Control thread.
namespace belfry::admin {

/// A phone with the members of its behaviour beside its state, so that what was put can be read
/// back and put again.
base::json::object render_phone(const sim::Phone& phone);
/// Every number is a phone: one that nobody has called yet is idle and behaves as all do.
base::json::object render_phone(sim::PhoneNetwork& network, const std::string& number);

/// What is wrong with a behaviour, one complaint per member; empty when nothing is.
Complaints check_behaviour(const base::json::object& body);

}  // namespace belfry::admin
