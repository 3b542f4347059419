import { ChevronRight, Send } from "lucide-react";
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { Button as AriaButton, Disclosure, DisclosurePanel, Form, Heading } from "react-aria-components";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Field } from "../shared/components/fields";
import { Problem } from "../shared/components/layout";
import { formatAgo, formatNumber } from "../shared/format";
import { useAction, useNow } from "../shared/hooks";
import { cleanNumber } from "../shared/phone-number";
import type { Phone, TextMessage } from "../shared/types";
import { otherParty, sortMessages } from "./message-thread";

/// What a phone has written and got, like a phone shows it, and a line to write.
export function TextMessages({ phone }: { phone: Phone }) {
  const messages = sortMessages(phone.messages ?? []);
  return (
    <Disclosure className="group rounded-xl bg-sunken">
      <Heading level={3}>
        <AriaButton
          slot="trigger"
          className="flex w-full cursor-pointer items-center gap-2 rounded-xl px-3.5 py-2.5 text-sm font-medium"
        >
          <ChevronRight
            aria-hidden
            size={15}
            className="text-muted transition-transform group-data-expanded:rotate-90"
          />
          Messages
          <span className="text-muted tabular-nums">{messages.length}</span>
        </AriaButton>
      </Heading>
      <DisclosurePanel className="overflow-hidden">
        <div className="flex flex-col gap-4 px-3.5 pb-4">
          <Thread phone={phone} messages={messages} />
          <Write phone={phone} to={otherParty(phone.number, messages)} />
        </div>
      </DisclosurePanel>
    </Disclosure>
  );
}

function Thread({ phone, messages }: { phone: Phone; messages: readonly TextMessage[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [messages.length]);
  if (messages.length === 0) return <p className="text-sm text-muted">No messages yet.</p>;
  return (
    // Scrolls when long, so it must be reachable by keyboard.
    <div ref={box} tabIndex={0} role="group" aria-label="Messages" className="max-h-72 overflow-y-auto">
      <ul aria-live="polite" className="flex flex-col gap-2.5">
        {messages.map((message, index) => (
          <Bubble key={`${message.at} ${index}`} message={message} own={message.from === phone.number} />
        ))}
      </ul>
    </div>
  );
}

function Bubble({ message, own }: { message: TextMessage; own: boolean }) {
  const now = useNow(15_000);
  const look = own
    ? "self-end rounded-br-md bg-accent text-on-accent"
    : "self-start rounded-bl-md border border-line bg-surface";
  return (
    <li className="flex max-w-full flex-col gap-1">
      <span className={`text-xs text-muted tabular-nums ${own ? "self-end" : "self-start"}`}>
        {own ? `to ${formatNumber(message.to)}` : formatNumber(message.from)} · {formatAgo(message.at, now)}
      </span>
      <span className={`flex max-w-[85%] flex-col gap-2 rounded-2xl px-3.5 py-2 text-sm ${look}`}>
        {message.media?.map((file, index) => (
          <MediaFile key={file.url ?? index} type={file.content_type} url={file.url} />
        ))}
        {message.body !== "" && <span className="break-words whitespace-pre-wrap">{message.body}</span>}
      </span>
    </li>
  );
}

/// Only files of this server are shown; an address elsewhere would not load under the page's policy.
function MediaFile({ type, url }: { type: string; url: string | undefined }) {
  if (!url?.startsWith("/")) return <span className="italic">{type}</span>;
  if (!type.startsWith("image/")) {
    return (
      <a href={url} className="underline" download>
        {type}
      </a>
    );
  }
  return <img src={url} alt="What came with the message" className="max-h-48 rounded-lg object-contain" />;
}

function Write({ phone, to: suggested }: { phone: Phone; to: string }) {
  const [to, setTo] = useState<string | undefined>(undefined);
  const [body, setBody] = useState("");
  const sending = useAction();
  const receiver = cleanNumber(to ?? suggested);
  const complaints = sending.error?.fields ?? {};
  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (await sending.run(() => api.messageFrom(phone.number, receiver, body.trim()))) setBody("");
  };
  return (
    <Form
      validationErrors={complaints}
      onSubmit={(event) => void send(event)}
      className="flex flex-col gap-3"
    >
      {Object.keys(complaints).length === 0 && <Problem error={sending.error} />}
      <Field
        label="To"
        name="to"
        type="tel"
        autoComplete="off"
        placeholder="Number to write to"
        value={to ?? suggested}
        onChange={(typed) => {
          sending.forgive("to");
          setTo(typed);
        }}
      />
      <div className="flex items-end gap-2 *:first:min-w-0 *:first:flex-1">
        <Field
          label="Message"
          name="body"
          autoComplete="off"
          placeholder="Text to send"
          value={body}
          onChange={(typed) => {
            sending.forgive("body");
            setBody(typed);
          }}
        />
        <Button type="submit" tone="primary" isDisabled={!receiver || !body.trim() || sending.busy}>
          <Send aria-hidden size={16} />
          Send
        </Button>
      </div>
    </Form>
  );
}
