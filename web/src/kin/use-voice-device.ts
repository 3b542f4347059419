import type { Call } from "@twilio/voice-sdk";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { CallStatus } from "./call-status";
import { LevelFeed } from "./levels";
import { openDevice } from "./open-device";
import { fetchToken as fetchKinToken } from "./token";
import { idleSnapshot, VoiceClient, type VoiceSnapshot } from "./voice-client";

export interface VoiceDeviceTerms {
  /// Who one is: `client:<identity>` is the party that others call.
  identity: string;
  /// Where its access tokens come from, always the same function; KIN's server when not given.
  fetchToken?: (identity: string) => Promise<string>;
  onCallStatusChange?: (status: CallStatus) => void;
  onIncomingCall?: (call: Call) => void;
}

/// KIN's `VoiceDevice`: its state, and what can be done with it.
export interface VoiceDevice extends VoiceSnapshot {
  callStatus: CallStatus;
  /// @throws what the last of three attempts threw
  makeCall: (to: string) => Promise<void>;
  answerCall: () => void;
  rejectCall: () => void;
  hangupCall: () => void;
  mute: (muted: boolean) => void;
  sendDigits: (digits: string) => void;
  chooseInput: (id: string) => void;
  chooseOutput: (id: string) => void;
  /// Out of the state `error`: a new token, and registered again.
  restart: () => void;
  levels: LevelFeed;
}

const noLevels = new LevelFeed();
const subscribeToNothing = () => () => undefined;
const readIdle = () => idleSnapshot;

/// A telephone for `identity` as long as the component is on screen; another identity is another telephone. The page
/// must come by HTTPS from the server that is called (the SDK knows no plain WebSocket).
export function useVoiceDevice({
  identity,
  fetchToken = fetchKinToken,
  onCallStatusChange,
  onIncomingCall,
}: VoiceDeviceTerms): VoiceDevice {
  const [client, setClient] = useState<VoiceClient | null>(null);
  const listeners = useRef({ onCallStatusChange, onIncomingCall });
  useEffect(() => {
    listeners.current = { onCallStatusChange, onIncomingCall };
  });

  useEffect(() => {
    const opened = new VoiceClient({
      identity,
      fetchToken,
      openDevice: (token) => openDevice(token, location.host),
      onCallStatusChange: (status) => listeners.current.onCallStatusChange?.(status),
      onIncomingCall: (call) => listeners.current.onIncomingCall?.(call),
    });
    setClient(opened);
    void opened.start();
    return () => {
      setClient(null);
      opened.destroy();
    };
  }, [identity, fetchToken]);

  const snapshot = useSyncExternalStore(
    client?.subscribe ?? subscribeToNothing,
    client?.snapshot ?? readIdle,
  );
  return {
    ...snapshot,
    callStatus: snapshot.status,
    makeCall: useCallback(async (to: string) => client?.makeCall(to), [client]),
    answerCall: useCallback(() => client?.answerCall(), [client]),
    rejectCall: useCallback(() => client?.rejectCall(), [client]),
    hangupCall: useCallback(() => client?.hangupCall(), [client]),
    mute: useCallback((muted: boolean) => client?.mute(muted), [client]),
    sendDigits: useCallback((digits: string) => client?.sendDigits(digits), [client]),
    chooseInput: useCallback((id: string) => void client?.chooseInput(id), [client]),
    chooseOutput: useCallback((id: string) => void client?.chooseOutput(id), [client]),
    restart: useCallback(() => void client?.start(), [client]),
    levels: client?.levels ?? noLevels,
  };
}
