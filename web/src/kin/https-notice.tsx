import { Lock } from "lucide-react";
import { useState } from "react";
import { api } from "../shared/api";
import { Empty, Problem } from "../shared/components/layout";
import { useLoad } from "../shared/hooks";
import { httpsAddress } from "./https-address";

/// Instead of the phone on a page that came by plain HTTP: the Voice SDK has no plain WebSocket.
export function HttpsNotice({ hash }: { hash: string }) {
  const [address, setAddress] = useState<string | null>(null);
  const { loading, error, reload } = useLoad(async () => {
    const { listeners } = await api.status();
    setAddress(httpsAddress(listeners, location.hostname));
  }, "");

  return (
    <>
      <Problem error={error} retry={reload} />
      <Empty icon={<Lock size={22} />} title="Calls from the browser need HTTPS">
        {address && (
          <>
            <p>
              This page came by plain HTTP, over which browsers give a page no telephone. Open it at the
              address below. Belfry has made its certificate itself, so the browser will ask once whether you
              trust it.
            </p>
            <a
              href={`${address}/${hash}`}
              className="rounded font-medium break-all text-accent underline underline-offset-4"
            >
              {address}/{hash}
            </a>
          </>
        )}
        {!address && !loading && !error && (
          <p>
            This server does not listen for HTTPS. Set <code>http.tls_port</code> in its configuration and
            start it again.
          </p>
        )}
      </Empty>
    </>
  );
}
