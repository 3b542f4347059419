import { LogIn } from "lucide-react";
import { useEffect, useState, type ReactNode, type SyntheticEvent } from "react";
import { Form } from "react-aria-components";
import { Button } from "./shared/components/button";
import { Field } from "./shared/components/fields";
import { Problem } from "./shared/components/layout";
import { useAction } from "./shared/hooks";
import { readSession, signIn, useSession } from "./shared/session";

/// The pages, or the question who it is where others than this machine's users can reach them.
export function SignInGate({ children }: { children: ReactNode }) {
  const session = useSession();
  useEffect(() => void readSession(), []);
  if (session === null) return null;
  return session.required && session.user === null ? <SignIn /> : children;
}

function SignIn() {
  const [user, setUser] = useState("");
  const [secret, setSecret] = useState("");
  const { busy, error, run } = useAction();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void run(() => signIn(user, secret));
  };

  return (
    <main className="flex min-h-dvh items-center justify-center px-4 py-10">
      <title>Sign in · Belfry</title>
      <div className="flex w-full max-w-sm flex-col gap-6">
        <header className="flex flex-col gap-2">
          <img src="/favicon.svg" alt="" width={44} height={44} />
          <h1 className="text-2xl font-semibold tracking-tight">Sign in to Belfry</h1>
          <p className="text-sm text-muted text-pretty">
            With the keys that Belfry showed at its first start. On its machine,{" "}
            <code className="font-mono text-[0.8125rem]">belfry keys</code> shows them again.
          </p>
        </header>
        <Form onSubmit={submit} className="flex flex-col gap-4">
          <Field
            label="Account SID"
            value={user}
            onChange={setUser}
            autoComplete="username"
            isRequired
            placeholder="AC…"
          />
          <Field
            label="Auth token"
            type="password"
            value={secret}
            onChange={setSecret}
            autoComplete="current-password"
            isRequired
          />
          <Problem error={error} />
          <Button type="submit" tone="primary" isPending={busy}>
            <LogIn aria-hidden size={17} />
            Sign in
          </Button>
        </Form>
      </div>
    </main>
  );
}
