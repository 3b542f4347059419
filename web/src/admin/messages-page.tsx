import { MessageSquare } from "lucide-react";
import { useState } from "react";
import { api } from "../shared/api";
import { Button } from "../shared/components/button";
import { Choices } from "../shared/components/fields";
import { Card, Empty, PageFrame, Problem } from "../shared/components/layout";
import { useAction, useLoad, useNow } from "../shared/hooks";
import { links } from "../shared/router";
import { useBelfry } from "../shared/store";
import type { Message } from "../shared/types";
import { CallTabs } from "./call-tabs";
import { MessageList } from "./message-list";
import { messageStatuses, messageStatusWord } from "../shared/message-words";

const refreshMs = 3000;

/// Text messages in and out. Their steps are no call's events, so the newest are read again now and then.
export function MessagesPage() {
  const { connections } = useBelfry();
  const tick = useNow(refreshMs);
  const [status, setStatus] = useState("any");
  const [newest, setNewest] = useState<readonly Message[]>([]);
  const [older, setOlder] = useState<readonly Message[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const more = useAction();
  const wanted = status === "any" ? "" : status;

  const { error, loading, reload } = useLoad(async () => {
    const page = await api.messages({ status: wanted });
    setNewest(page.items);
    if (older.length === 0) setCursor(page.nextCursor);
  }, `${connections} ${wanted} ${tick}`);

  const showMore = () =>
    more.run(async () => {
      const page = await api.messages({ status: wanted, cursor });
      setOlder((now) => [...now, ...page.items]);
      setCursor(page.nextCursor);
    });

  const known = new Set(newest.map(({ sid }) => sid));
  const messages = [...newest, ...older.filter(({ sid }) => !known.has(sid))];
  return (
    <PageFrame title="Messages" about="Texts in and out, and what became of each.">
      <CallTabs current="messages" />
      <div className="sm:w-48">
        <Choices
          label="State"
          value={status}
          onChange={(next) => {
            setStatus(next);
            setOlder([]);
          }}
          choices={[
            { id: "any", name: "Any" },
            ...messageStatuses.map((id) => ({ id: id as string, name: messageStatusWord(id) })),
          ]}
        />
      </div>
      <Problem error={error ?? more.error} retry={reload} />
      {messages.length > 0 && (
        <Card>
          <MessageList messages={messages} origin="shown" />
        </Card>
      )}
      {messages.length === 0 && !loading && !error && (
        <Empty icon={<MessageSquare size={22} />} title={wanted ? "No message is so" : "No messages yet"}>
          {!wanted && (
            <a href={links.phones} className="rounded font-medium text-accent hover:underline">
              Write one from a simulated phone
            </a>
          )}
        </Empty>
      )}
      {cursor !== null && (
        <Button className="self-center" isPending={more.busy} onPress={() => void showMore()}>
          Show more
        </Button>
      )}
    </PageFrame>
  );
}
