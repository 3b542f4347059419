import { get, post, send } from "../shared/http";
import type { GroupCall, GroupCallParticipant } from "../shared/types";
import { asked } from "./complaints";
import type { Group, GroupTerms, UserTerms, UserWithGroups } from "./people";

export interface GroupProblems {
  groupId: number;
  problems: readonly string[];
}

export interface TextResult {
  phoneNumber: string;
  MessageId?: string;
  error?: string;
}

const callPath = (id: string, action: string) => `/api/chime/call/${encodeURIComponent(id)}${action}`;

/// What the Groups pages ask for: `/api/user`, `/api/group` and `/api/chime` (docs/take5.md).
export const take5 = {
  users: () => get<UserWithGroups[]>("/api/user"),
  addUser: (terms: UserTerms) => asked(post<UserWithGroups>("/api/user", terms)),
  changeUser: (id: number, terms: UserTerms) => asked(send<UserWithGroups>("PUT", `/api/user/${id}`, terms)),
  removeUser: (id: number) => send<unknown>("DELETE", `/api/user/${id}`),

  groups: () => get<Group[]>("/api/group"),
  group: (id: number) => get<Group>(`/api/group/${id}`),
  addGroup: (terms: GroupTerms) => asked(post<Group>("/api/group", terms)),
  changeGroup: (id: number, terms: GroupTerms) => asked(send<Group>("PUT", `/api/group/${id}`, terms)),
  removeGroup: (id: number) => send<unknown>("DELETE", `/api/group/${id}`),
  problems: () => get<{ groups: GroupProblems[] }>("/api/group/check"),
  nextMoments: (id: number) => get<{ nextCallTimes: string[] }>(`/api/group/${id}/preview`),
  attendance: (id: number) => get<{ calls: GroupCall[] }>(`/api/group/${id}/attendance?limit=50`),

  calls: () => get<{ calls: GroupCall[] }>("/api/chime/call?limit=50"),
  limits: () => get<{ secondsPerCall: number; participantsPerCall: number }>("/api/chime/limits"),
  callNow: async (group: number) => {
    const scheduledTime = new Date().toISOString();
    const { call } = await post<{ call: { callId: string } }>("/api/chime/call", {
      groupId: group,
      scheduledTime,
    });
    await take5.start(call.callId);
  },
  start: (call: string) => post<unknown>(callPath(call, "/start")),
  end: (call: string) => post<unknown>(callPath(call, "/end")),
  addParticipant: (call: string, phoneNumber: string) =>
    post<{ participant: GroupCallParticipant }>(callPath(call, "/participant"), { phoneNumber }),
  removeParticipant: (call: string, participant: string) =>
    send<unknown>("DELETE", callPath(call, `/participant/${encodeURIComponent(participant)}`)),

  text: (phoneNumbers: readonly string[], message: string) =>
    post<{ result: { sent: number; failed: number; results: TextResult[] } }>("/api/chime/sms", {
      phoneNumbers,
      message,
    }),
};
