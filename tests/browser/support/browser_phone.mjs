/// A page's telephone for tests: what it says and what it hears. Goes into a page before anything else.

/// Its microphone whistles `hz`: on and on, which a real one's noise suppression would take away. What its calls hear
/// is kept at 8000 samples a second.
export function listenAndWhistle(hz) {
  // A new tab is empty at first, and such a page may not have one.
  if (!navigator.mediaDevices) return;
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const whistle = new OscillatorNode(context, { frequency: hz });
    const microphone = context.createMediaStreamDestination();
    whistle.connect(new GainNode(context, { gain: 0.3 })).connect(microphone);
    whistle.start();
    return microphone.stream;
  };
  window.heardPieces = [];
  window.heardCount = 0;
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function (...terms) {
    this.addEventListener("track", ({ streams: [stream] }) => {
      const context = new AudioContext({ sampleRate: 8000 });
      const ear = context.createScriptProcessor(1024, 1, 1);
      ear.onaudioprocess = ({ inputBuffer }) => {
        const samples = inputBuffer.getChannelData(0);
        window.heardPieces.push(Int16Array.from(samples, (sample) => Math.max(-1, Math.min(1, sample)) * 32767));
        window.heardCount += samples.length;
      };
      context.createMediaStreamSource(stream).connect(ear).connect(context.destination);
    });
    return setRemoteDescription.apply(this, terms);
  };
}

/// How many samples the page's calls have heard so far.
export function countHeard(page) {
  return page.evaluate(() => window.heardCount);
}

/// What the page's calls have heard, from that sample on. @return Float64Array of -1..1
export async function heardSamples(page, from = 0) {
  const text = await page.evaluate((begin) => {
    const wanted = [];
    let skipped = 0;
    for (const piece of window.heardPieces) {
      if (skipped + piece.length > begin) wanted.push(...piece.subarray(Math.max(0, begin - skipped)));
      skipped += piece.length;
    }
    const bytes = new Uint8Array(Int16Array.from(wanted).buffer);
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  }, from);
  const bytes = Buffer.from(text, "base64");
  return Float64Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(2 * index) / 32768);
}
