import { ArrowDownLeft, ArrowRight, ArrowUpRight } from "lucide-react";
import { useState } from "react";
import { api } from "../shared/api";
import { Card, Problem } from "../shared/components/layout";
import { Pill } from "../shared/components/pill";
import { formatAgo, formatNumber } from "../shared/format";
import { useLoad, useNow } from "../shared/hooks";
import { links } from "../shared/router";
import type { Message } from "../shared/types";
import { messageStatusWord, messageTone, sizeOf, troubleOf } from "../shared/message-words";

/// What a call's document sent with `<Sms>` or `<Message>`; nothing at all when it sent nothing.
export function MessagesOfCall({ sid, again }: { sid: string; again: string }) {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const { error, reload } = useLoad(
    async () => setMessages((await api.messages({ call: sid })).items),
    `${sid} ${again}`,
  );
  if (error) return <Problem error={error} retry={reload} />;
  if (messages.length === 0) return null;
  return (
    <Card title="Messages">
      <MessageList messages={messages} origin="known" />
    </Card>
  );
}

interface MessageListProps {
  messages: readonly Message[];
  /// Whether each says which call sent it.
  origin: "shown" | "known";
}

export function MessageList({ messages, origin }: MessageListProps) {
  const now = useNow(1000);
  return (
    <ul aria-label="Messages" className="flex flex-col">
      {messages.map((message) => (
        <Row
          key={message.sid}
          message={message}
          now={now}
          call={origin === "shown" ? message.call_sid : null}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  message: Message;
  now: number;
  call: string | null;
}

function Row({ message, now, call }: RowProps) {
  const inbound = message.direction === "inbound";
  const Icon = inbound ? ArrowDownLeft : ArrowUpRight;
  const trouble = troubleOf(message);
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)_auto] gap-x-3.5 gap-y-1.5 border-line py-4 first:pt-0 last:pb-0 not-first:border-t">
      <span
        className={`row-span-2 flex size-9 items-center justify-center rounded-full ${inbound ? "bg-accent/12 text-accent" : "bg-sunken text-muted"}`}
      >
        <Icon aria-label={inbound ? "In" : "Out"} size={17} />
      </span>
      <p className="flex flex-wrap items-center gap-x-2 text-sm font-medium tabular-nums">
        {formatNumber(message.from)} <ArrowRight aria-label="to" size={14} className="text-muted" />{" "}
        {formatNumber(message.to)}
      </p>
      <Pill tone={messageTone(message.status)}>{messageStatusWord(message.status)}</Pill>
      <div className="col-span-2 flex min-w-0 flex-col gap-1">
        <p className="text-sm wrap-anywhere whitespace-pre-wrap">
          {message.body || <span className="text-muted">No text</span>}
        </p>
        {trouble && <p className="text-sm font-medium text-bad">{trouble}</p>}
        <p className="flex flex-wrap gap-x-2 text-[0.8125rem] text-muted">
          <span>{formatAgo(message.created_at, now)}</span>
          <span aria-hidden>·</span>
          <span>{sizeOf(message)}</span>
          {call !== null && (
            <>
              <span aria-hidden>·</span>
              <a href={links.call(call)} className="rounded text-accent hover:underline">
                sent by a call
              </a>
            </>
          )}
        </p>
      </div>
    </li>
  );
}
