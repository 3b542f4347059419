/// What a page would do with the Voice SDK, and what it heard and was told. Driven by sdk_page.mjs.

/// How loud each of the wanted frequencies is in a stream, in the words of `heard`.
class Ear {
  constructor(stream) {
    this.context = new AudioContext();
    this.analyser = new AnalyserNode(this.context, { fftSize: 4096, smoothingTimeConstant: 0 });
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    this.bins = new Float32Array(this.analyser.frequencyBinCount);
    this.spectra = [];
    this.watch([]);
    this.timer = setInterval(() => this.listen(), 50);
  }

  listen() {
    this.analyser.getFloatFrequencyData(this.bins);
    const hzPerBin = this.context.sampleRate / this.analyser.fftSize;
    const peaks = [];
    for (let bin = 2; bin < this.bins.length - 1; ++bin) {
      const level = this.bins[bin];
      if (level > -70 && level >= this.bins[bin - 1] && level > this.bins[bin + 1]) peaks.push({ hz: bin * hzPerBin, level });
    }
    const loudest = Math.max(-Infinity, ...peaks.map((peak) => peak.level));
    this.spectra.push(peaks.filter((peak) => peak.level > loudest - 15).map((peak) => peak.hz));
    const near = (hz) => this.bins.subarray(Math.round(hz / hzPerBin) - 1, Math.round(hz / hzPerBin) + 2);
    if (this.tones.length > 0) this.watched.push(this.tones.map((hz) => Math.max(...near(hz))));
  }

  /// From now on `watched` has the levels (dB) of these tones in each look.
  watch(tones) {
    this.tones = tones;
    this.watched = [];
  }

  /// In how many of the looks since `from` all of `tones` (Hz) were among the loudest.
  heard(tones, from) {
    const has = (peaks, hz) => peaks.some((peak) => Math.abs(peak - hz) < 25);
    return this.spectra.slice(from).filter((peaks) => tones.every((hz) => has(peaks, hz))).length;
  }

  stop() {
    clearInterval(this.timer);
    void this.context.close();
  }
}

window.phone = {
  events: [],
  messages: [],
  device: null,
  call: null,
  ear: null,

  note(what, error) {
    this.events.push(error ? `${what} ${error.code}` : what);
  },

  make(token, options) {
    this.device = new Twilio.Device(token, options);
    for (const name of ["registering", "registered", "unregistered", "destroyed", "tokenWillExpire"])
      this.device.on(name, () => this.note(`device ${name}`));
    this.device.on("error", (error) => this.note("device error", error));
    this.device.on("incoming", (call) => {
      this.note("device incoming");
      this.take(call);
    });
  },

  take(call) {
    this.call = call;
    for (const name of ["disconnect", "cancel", "reject", "reconnected", "messageSent"])
      call.on(name, () => this.note(`call ${name}`));
    for (const name of ["error", "reconnecting"]) call.on(name, (error) => this.note(`call ${name}`, error));
    call.on("ringing", (early) => this.note(early ? "call ringing with sound" : "call ringing"));
    call.on("mute", (muted) => this.note(muted ? "call mute" : "call unmute"));
    call.on("messageReceived", (message) => {
      this.messages.push(message);
      this.note("call messageReceived");
    });
    call.on("accept", () => {
      this.note("call accept");
      this.ear?.stop();
      this.ear = null;
      this.listen();
    });
  },

  /// The remote stream comes a little after `accept`.
  listen() {
    const stream = this.call.getRemoteStream();
    if (stream) this.ear = new Ear(stream);
    else setTimeout(() => this.listen(), 20);
  },

  async connect(params) {
    this.take(await this.device.connect(params ? { params } : {}));
  },

  looks() {
    return this.ear?.spectra.length ?? 0;
  },
  heard(tones, from) {
    return this.ear?.heard(tones, from) ?? 0;
  },

  /// { sid, direction, from, to, status, muted, custom } of the call.
  about() {
    const { call } = this;
    return {
      sid: call.parameters.CallSid ?? call.outboundConnectionId,
      direction: call.direction,
      from: call.parameters.From,
      to: call.parameters.To,
      status: call.status(),
      muted: call.isMuted(),
      custom: Object.fromEntries(call.customParameters),
    };
  },
};
