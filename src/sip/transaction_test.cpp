#include "sip/transaction.hpp"

#include <gtest/gtest.h>

namespace belfry::sip {
namespace {

using base::Duration;
using base::VirtualClock;
using namespace std::chrono_literals;
using Times = std::vector<Duration>;

const TransactionTimers timers;

/// Runs a machine's timers until it ends; the times at which it wants something sent.
template <class Machine>
Times send_times(Machine& machine, VirtualClock& clock) {
  Times times;
  while (true) {
    while (machine.poll_transmit()) times.push_back(clock.elapsed());
    const auto next = machine.next_timeout();
    if (!next) return times;
    clock.advance_to(*next);
    machine.handle_timeout(clock.now());
  }
}

TEST(SipClientTransaction, RetransmitsOverUdpUntilTimerF) {
  VirtualClock clock;
  ClientTransaction transaction(timers, Reliability::unreliable, clock.now());
  EXPECT_EQ(
      send_times(transaction, clock),
      (Times{
          0ms, 500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms, 23500ms, 27500ms, 31500ms
      })
  );
  EXPECT_EQ(clock.elapsed(), 32s);
  EXPECT_TRUE(transaction.poll_event());
  EXPECT_TRUE(transaction.is_terminated());
}

TEST(SipClientTransaction, SendsOnceOverAStreamAndStillGivesUp) {
  VirtualClock clock;
  ClientTransaction transaction(timers, Reliability::reliable, clock.now());
  EXPECT_EQ(send_times(transaction, clock), (Times{0ms}));
  EXPECT_EQ(clock.elapsed(), 32s);
  EXPECT_TRUE(transaction.poll_event());
}

TEST(SipClientTransaction, AProvisionalResponseSlowsRetransmissionToT2) {
  VirtualClock clock;
  ClientTransaction transaction(timers, Reliability::unreliable, clock.now());
  clock.advance(100ms);
  EXPECT_TRUE(transaction.handle_response(100, clock.now()));
  EXPECT_EQ(
      send_times(transaction, clock),
      (Times{100ms, 500ms, 4500ms, 8500ms, 12500ms, 16500ms, 20500ms, 24500ms, 28500ms})
  );
  EXPECT_EQ(clock.elapsed(), 32s);
}

TEST(SipClientTransaction, AbsorbsRepeatedFinalsForTimerK) {
  VirtualClock clock;
  ClientTransaction transaction(timers, Reliability::unreliable, clock.now());
  transaction.poll_transmit();
  EXPECT_TRUE(transaction.handle_response(200, clock.now()));
  EXPECT_FALSE(transaction.handle_response(200, clock.now()));
  EXPECT_EQ(send_times(transaction, clock), Times{});
  EXPECT_EQ(clock.elapsed(), 5s);
  EXPECT_FALSE(transaction.poll_event());
  ClientTransaction over_tcp(timers, Reliability::reliable, clock.now());
  over_tcp.handle_response(200, clock.now());
  EXPECT_TRUE(over_tcp.is_terminated());
}

TEST(SipInviteClientTransaction, DoublesUntilTimerB) {
  VirtualClock clock;
  InviteClientTransaction transaction(timers, Reliability::unreliable, clock.now());
  EXPECT_EQ(
      send_times(transaction, clock), (Times{0ms, 500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms})
  );
  EXPECT_EQ(clock.elapsed(), 32s);
  EXPECT_TRUE(transaction.poll_event());
}

TEST(SipInviteClientTransaction, RingsWithoutLimitOnceProceeding) {
  VirtualClock clock;
  InviteClientTransaction transaction(timers, Reliability::unreliable, clock.now());
  transaction.poll_transmit();
  EXPECT_TRUE(transaction.handle_response(180, clock.now()));
  EXPECT_EQ(transaction.next_timeout(), std::nullopt);
  EXPECT_TRUE(transaction.handle_response(183, clock.now()));
}

TEST(SipInviteClientTransaction, ACancelledOneEndsWithoutAFinalAfter64T1) {
  VirtualClock clock;
  InviteClientTransaction transaction(timers, Reliability::unreliable, clock.now());
  transaction.poll_transmit();
  transaction.handle_response(180, clock.now());
  transaction.handle_cancel_sent(clock.now());
  clock.advance(1s);
  transaction.handle_response(180, clock.now());
  EXPECT_EQ(send_times(transaction, clock), Times{});
  EXPECT_EQ(clock.elapsed(), 32s);
  EXPECT_TRUE(transaction.poll_event());
}

TEST(SipInviteClientTransaction, AcknowledgesEachCopyOfAFailureForTimerD) {
  VirtualClock clock;
  InviteClientTransaction transaction(timers, Reliability::unreliable, clock.now());
  transaction.poll_transmit();
  EXPECT_TRUE(transaction.handle_response(486, clock.now()));
  EXPECT_EQ(transaction.poll_transmit(), InviteClientTransaction::Send::ack);
  EXPECT_FALSE(transaction.handle_response(486, clock.now()));
  EXPECT_EQ(transaction.poll_transmit(), InviteClientTransaction::Send::ack);
  EXPECT_FALSE(transaction.handle_response(180, clock.now()));
  EXPECT_EQ(send_times(transaction, clock), Times{});
  EXPECT_EQ(clock.elapsed(), 32s);
  EXPECT_FALSE(transaction.poll_event());
}

TEST(SipInviteClientTransaction, EveryTwoHundredReachesTheCoreUntilTimerM) {
  VirtualClock clock;
  InviteClientTransaction transaction(timers, Reliability::reliable, clock.now());
  transaction.poll_transmit();
  EXPECT_TRUE(transaction.handle_response(200, clock.now()));
  EXPECT_TRUE(transaction.handle_response(200, clock.now()));
  EXPECT_FALSE(transaction.handle_response(180, clock.now()));
  EXPECT_FALSE(transaction.handle_response(486, clock.now())) << "RFC 6026: only 2xx pass";
  EXPECT_EQ(send_times(transaction, clock), Times{});
  EXPECT_EQ(clock.elapsed(), 32s);
}

TEST(SipInviteServerTransaction, SaysTryingAfter200msOfSilence) {
  VirtualClock clock;
  InviteServerTransaction transaction(timers, Reliability::unreliable, clock.now());
  transaction.handle_request(clock.now());
  EXPECT_FALSE(transaction.poll_transmit()) << "nothing was said yet, nothing is repeated";
  EXPECT_EQ(send_times(transaction, clock), (Times{200ms}));
  transaction.handle_request(clock.now());
  EXPECT_TRUE(transaction.poll_transmit()) << "a copy gets the 100 again";
}

TEST(SipInviteServerTransaction, RepeatsAFailureUntilTimerH) {
  VirtualClock clock;
  InviteServerTransaction transaction(timers, Reliability::unreliable, clock.now());
  EXPECT_TRUE(transaction.handle_send(486, clock.now()));
  EXPECT_EQ(
      send_times(transaction, clock),
      (Times{
          0ms, 500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms, 23500ms, 27500ms, 31500ms
      })
  );
  EXPECT_EQ(clock.elapsed(), 32s);
  EXPECT_TRUE(transaction.poll_event()) << "no ACK";
}

TEST(SipInviteServerTransaction, RepeatsNothingOverAStream) {
  VirtualClock clock;
  InviteServerTransaction transaction(timers, Reliability::reliable, clock.now());
  EXPECT_TRUE(transaction.handle_send(486, clock.now()));
  EXPECT_TRUE(transaction.poll_transmit());
  transaction.handle_ack(clock.now());
  EXPECT_TRUE(transaction.is_terminated());
}

TEST(SipInviteServerTransaction, AnAckEndsRepetitionAndTimerIAbsorbsMore) {
  VirtualClock clock;
  InviteServerTransaction transaction(timers, Reliability::unreliable, clock.now());
  transaction.handle_send(486, clock.now());
  transaction.poll_transmit();
  transaction.handle_ack(clock.now());
  transaction.handle_request(clock.now());
  EXPECT_EQ(send_times(transaction, clock), Times{});
  EXPECT_EQ(clock.elapsed(), 5s);
  EXPECT_FALSE(transaction.poll_event());
}

TEST(SipInviteServerTransaction, AcceptedPassesTwoHundredsAndSwallowsInvites) {
  VirtualClock clock;
  InviteServerTransaction transaction(timers, Reliability::unreliable, clock.now());
  EXPECT_TRUE(transaction.handle_send(180, clock.now()));
  EXPECT_TRUE(transaction.handle_send(200, clock.now()));
  EXPECT_TRUE(transaction.poll_transmit());
  transaction.handle_request(clock.now());
  EXPECT_FALSE(transaction.poll_transmit());
  EXPECT_TRUE(transaction.handle_send(200, clock.now()));
  EXPECT_FALSE(transaction.handle_send(486, clock.now()));
  EXPECT_EQ(send_times(transaction, clock), (Times{0ms}));
  EXPECT_EQ(clock.elapsed(), 32s) << "timer L";
}

TEST(SipServerTransaction, RepeatsOnlyWhenAsked) {
  VirtualClock clock;
  ServerTransaction transaction(timers, Reliability::unreliable, clock.now());
  transaction.handle_request(clock.now());
  EXPECT_FALSE(transaction.poll_transmit());
  EXPECT_TRUE(transaction.handle_send(200, clock.now()));
  EXPECT_TRUE(transaction.poll_transmit());
  transaction.handle_request(clock.now());
  EXPECT_TRUE(transaction.poll_transmit());
  EXPECT_FALSE(transaction.handle_send(500, clock.now()));
  EXPECT_EQ(send_times(transaction, clock), Times{});
  EXPECT_EQ(clock.elapsed(), 32s) << "timer J";
}

TEST(SipReliableFinal, RepeatsOverAnyTransportAndGivesUpAfter64T1) {
  VirtualClock clock;
  ReliableFinal final(timers, clock.now());
  Times times;
  while (const auto next = final.next_timeout()) {
    clock.advance_to(*next);
    final.handle_timeout(clock.now());
    if (final.poll_transmit()) times.push_back(clock.elapsed());
  }
  EXPECT_EQ(
      times,
      (Times{500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms, 23500ms, 27500ms, 31500ms})
  );
  EXPECT_EQ(clock.elapsed(), 32s);
  EXPECT_TRUE(final.poll_event());
}

TEST(SipReliableFinal, StopsAtTheAck) {
  VirtualClock clock;
  ReliableFinal final(timers, clock.now());
  final.handle_ack();
  EXPECT_EQ(final.next_timeout(), std::nullopt);
  EXPECT_TRUE(final.is_done());
}

}  // namespace
}  // namespace belfry::sip
