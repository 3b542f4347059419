/// In the page: connections that each say a tone.
function install() {
  const context = new AudioContext();
  const connections = new Map();
  window.plain = {
    async offer(name, { hz = 440, amplitude = 0.3, muted = false }) {
      const microphone = context.createMediaStreamDestination();
      const tone = new OscillatorNode(context, { frequency: hz });
      tone.connect(new GainNode(context, { gain: amplitude })).connect(microphone);
      tone.start();
      const [track] = microphone.stream.getAudioTracks();
      track.enabled = !muted;
      const connection = new RTCPeerConnection();
      connection.addTrack(track, microphone.stream);
      connections.set(name, connection);
      await connection.setLocalDescription();
      return connection.localDescription.sdp;
    },
    take: (name, sdp) => connections.get(name).setRemoteDescription({ type: "answer", sdp }),
  };
}

/// Browsers' ends of calls without the SDK, which would mend what is broken on purpose: the signalling is the test's.
export class PlainPage {
  static async open(browser) {
    const page = await browser.newPage();
    await page.evaluate(install);
    return new PlainPage(page);
  }

  constructor(page) {
    this.page = page;
  }

  /// The SDP of a new connection. @param voice { hz, amplitude, muted } of what it says
  offer(name, voice = {}) {
    return this.page.evaluate(([id, terms]) => window.plain.offer(id, terms), [name, voice]);
  }
  take(name, answer) {
    return this.page.evaluate(([id, sdp]) => window.plain.take(id, sdp), [name, answer]);
  }
}
