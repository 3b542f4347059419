import { Check, Ellipsis, Send, X } from "lucide-react";
import { useState, type SyntheticEvent } from "react";
import { Form } from "react-aria-components";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Field } from "../shared/components/fields";
import { Card, Problem } from "../shared/components/layout";
import { formatNumber } from "../shared/format";
import { useAction, useLoad, useNow } from "../shared/hooks";
import { messageStatusWord, messageTone, troubleOf } from "../shared/message-words";
import { links } from "../shared/router";
import { measureText } from "../shared/segments";
import type { Message } from "../shared/types";
import { e164, fullName, type User } from "./people";
import { take5, type TextResult } from "./take5-api";

const longest = 1600; // characters
const refreshMs = 2000;

/// Writes to all members, and tells what came of each message.
export function SmsBox({ members }: { members: readonly User[] }) {
  const [text, setText] = useState("");
  const [results, setResults] = useState<readonly TextResult[]>([]);
  const sending = useAction();
  const { characters } = measureText(text);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setResults([]);
    const done = await sending.run(async () => {
      const { result } = await take5.text(members.map(e164), text);
      setResults(result.results);
    });
    if (done) setText("");
  };

  return (
    <Card title="Text message">
      <Form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
        <Field
          label="To all members"
          lines={3}
          placeholder="Your Take5 call is starting in 5 minutes!"
          value={text}
          onChange={setText}
        />
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Size text={text} members={members.length} />
          <Button
            type="submit"
            tone="primary"
            isPending={sending.busy}
            isDisabled={text.trim() === "" || characters > longest}
          >
            <Send aria-hidden size={16} />
            Send
          </Button>
        </div>
        <Problem error={sending.error} />
      </Form>
      {results.length > 0 && <Results results={results} members={members} />}
    </Card>
  );
}

function Size({ text, members }: { text: string; members: number }) {
  const { alphabet, characters, segments, room } = measureText(text);
  if (characters > longest)
    return (
      <output className="text-[0.8125rem] font-medium text-bad tabular-nums">
        {characters - longest} characters too many
      </output>
    );
  return (
    <output aria-label="Size" className="text-[0.8125rem] text-muted tabular-nums">
      {characters} {characters === 1 ? "character" : "characters"} · {segments}{" "}
      {segments === 1 ? "segment" : "segments"} for each of {members} · {alphabet}, {room} left
    </output>
  );
}

/// What has become of the messages that were accepted, by SID, for as long as one is on its way.
function useMessages(sids: readonly string[]): Readonly<Record<string, Message>> {
  const [messages, setMessages] = useState<Record<string, Message>>({});
  const now = useNow(refreshMs);
  const waits = sids.some((sid) => !isDelivered(messages[sid]));
  useLoad(
    async () => {
      if (!waits) return;
      const { items } = await api.messages();
      setMessages(Object.fromEntries(items.map((message) => [message.sid, message])));
    },
    waits ? now : "",
  );
  return messages;
}

function isDelivered(message: Message | undefined): boolean {
  return message !== undefined && ["good", "bad"].includes(messageTone(message.status));
}

interface ResultsProps {
  results: readonly TextResult[];
  members: readonly User[];
}

function Results({ results, members }: ResultsProps) {
  const messages = useMessages(results.flatMap(({ MessageId: sid }) => (sid ? [sid] : [])));
  return (
    <ul
      aria-label="What came of it"
      aria-live="polite"
      className="mt-5 flex flex-col gap-2.5 border-t border-line pt-4 text-sm"
    >
      {results.map((result, index) => (
        <Result
          key={`${result.phoneNumber} ${index}`}
          result={result}
          message={result.MessageId ? messages[result.MessageId] : undefined}
          user={members.find((member) => e164(member) === result.phoneNumber)}
        />
      ))}
      <li>
        <a href={links.messages} className="rounded text-[0.8125rem] font-medium text-accent hover:underline">
          All messages
        </a>
      </li>
    </ul>
  );
}

interface ResultProps {
  result: TextResult;
  message: Message | undefined;
  user: User | undefined;
}

function Result({ result: { phoneNumber, error }, message, user }: ResultProps) {
  const name = user ? fullName(user) : formatNumber(phoneNumber);
  const tone = error ? "bad" : message ? messageTone(message.status) : "waiting";
  const words = error ?? (message ? troubleOf(message) || messageStatusWord(message.status) : "Accepted");
  const Icon = tone === "bad" ? X : tone === "good" ? Check : Ellipsis;
  const colour = tone === "bad" ? "text-bad" : tone === "good" ? "text-good" : "text-muted";
  return (
    <li aria-label={name} className="flex items-start gap-2.5">
      <Icon aria-hidden size={17} className={`mt-0.5 shrink-0 ${colour}`} />
      <span className="min-w-0 flex-1">
        <span className="font-medium">{name}</span> ·{" "}
        <span className={tone === "bad" ? "text-bad" : "text-muted"}>{words}</span>
      </span>
    </li>
  );
}
