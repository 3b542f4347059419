import {
  BellRing,
  BookOpen,
  Ellipsis,
  Headset,
  House,
  LogOut,
  Monitor,
  Moon,
  PhoneCall,
  Settings,
  Smartphone,
  Sun,
  Users,
} from "lucide-react";
import type { ReactNode } from "react";
import {
  Button,
  Dialog,
  DialogTrigger,
  Popover,
  ToggleButton,
  ToggleButtonGroup,
} from "react-aria-components";
import { useLoad } from "./shared/hooks";
import { signOut, useSession } from "./shared/session";
import { links, type Route } from "./shared/router";
import { readPhones, useBelfry, useLiveEvents } from "./shared/store";
import type { State } from "./shared/state";
import { themes, useTheme, type Theme } from "./shared/theme";
import { RingingNotice } from "./shared/components/ringing-notice";

interface Place {
  page: Route["page"];
  link: string;
  name: string;
  icon: typeof House;
}

const places: readonly Place[] = [
  { page: "start", link: links.start, name: "Start", icon: House },
  { page: "phones", link: links.phones, name: "Phones", icon: Smartphone },
  { page: "calls", link: links.calls, name: "Calls", icon: PhoneCall },
  { page: "groups", link: links.groups, name: "Groups", icon: Users },
  { page: "kin", link: links.kin, name: "KIN", icon: Headset },
  { page: "notifications", link: links.notifications, name: "Notifications", icon: BellRing },
  { page: "settings", link: links.settings, name: "Settings", icon: Settings },
];
/// A phone's bar has room for these; the others are behind *More*.
const roomInBar = 4;

/// Pages that are reached from a place, and what they are called.
const within: Readonly<Partial<Record<Route["page"], { place: Place["page"]; title: string }>>> = {
  call: { place: "calls", title: "Call" },
  conferences: { place: "calls", title: "Conferences" },
  conference: { place: "calls", title: "Conference" },
  messages: { place: "calls", title: "Messages" },
  group: { place: "groups", title: "Group" },
  people: { place: "groups", title: "People" },
  analytics: { place: "calls", title: "Analytics" },
  campaigns: { place: "calls", title: "Campaigns" },
  campaign: { place: "calls", title: "Campaign" },
};

/// Navigation, live connection and what every page shares: on the left when wide, at the bottom on a phone.
export function Shell({ route, children }: { route: Route; children: ReactNode }) {
  useLiveEvents();
  const { connections } = useBelfry();
  // Phones ring on every page. Without a simulator there are none, and the Phones page says so.
  useLoad(readPhones, connections);

  return (
    <div className="min-h-dvh md:grid md:grid-cols-[14.5rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-lg focus:bg-surface focus:px-4 focus:py-2"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to content
      </a>
      <Navigation route={route} />
      <TabTitle route={route} />
      <main id="main" tabIndex={-1} className="min-w-0 pb-24 md:pb-10">
        <RingingNotice hidden={route.page === "phones"} />
        {children}
      </main>
    </div>
  );
}

function ringingCount(phones: State["phones"]): number {
  return Object.values(phones).filter((phone) => phone.state === "ringing").length;
}

/// React puts it into the document's head: a phone that rings is seen from another tab too.
function TabTitle({ route }: { route: Route }) {
  const ringing = ringingCount(useBelfry().phones);
  const name = within[route.page]?.title ?? places.find(({ page }) => page === route.page)?.name;
  return <title>{`${ringing > 0 ? "(ringing) " : ""}${name ?? ""} · Belfry`}</title>;
}

function Navigation({ route }: { route: Route }) {
  const { phones } = useBelfry();
  const ringing = ringingCount(phones);
  const current = within[route.page]?.place ?? route.page;

  return (
    <nav
      aria-label="Main"
      className="z-30 border-line bg-surface max-md:fixed max-md:inset-x-0 max-md:bottom-0 max-md:border-t max-md:pb-[env(safe-area-inset-bottom)] md:sticky md:top-0 md:flex md:h-dvh md:flex-col md:border-r md:p-4"
    >
      <a
        href={links.start}
        className="mb-7 hidden items-center gap-2.5 rounded-lg px-2 pt-1 text-lg font-semibold tracking-tight md:flex"
      >
        <img src="/favicon.svg" alt="" width={30} height={30} />
        Belfry
      </a>
      <ul className="flex max-md:mx-auto max-md:max-w-lg md:flex-col md:gap-1">
        {places.map(({ page, link, name, icon: Icon }, index) => (
          <li key={page} className={`flex-1 ${index < roomInBar ? "" : "max-md:hidden"}`}>
            <a
              href={link}
              aria-current={page === current ? "page" : undefined}
              className={`group relative text-muted hover:text-ink aria-[current=page]:text-accent ${placeLook} md:hover:bg-sunken md:aria-[current=page]:bg-accent/10`}
            >
              <Icon
                aria-hidden
                size={20}
                strokeWidth={1.9}
                className={page === "phones" && ringing > 0 ? "animate-swing text-ringing-ink" : ""}
              />
              {name}
              {page === "phones" && ringing > 0 && (
                <span className="flex h-5 min-w-5 items-center justify-center rounded-full bg-ringing px-1.5 text-xs font-bold text-on-ringing max-md:absolute max-md:top-1 max-md:left-[calc(50%+0.4rem)] md:ml-auto">
                  {ringing}
                  <span className="sr-only"> ringing</span>
                </span>
              )}
            </a>
          </li>
        ))}
        <li className="flex-1 md:hidden">
          <More current={current} />
        </li>
      </ul>
      <div className="mt-auto hidden flex-col gap-4 md:flex">
        <ApiLink />
        <SignOut />
        <ThemeChoice />
        <div className="flex items-center justify-between px-1">
          <Connection />
          <a href="/licenses.txt" className="rounded text-xs text-muted hover:text-ink hover:underline">
            Licences
          </a>
        </div>
      </div>
    </nav>
  );
}

const placeLook =
  "flex items-center rounded-xl transition-colors max-md:w-full max-md:flex-col max-md:gap-1 max-md:py-2.5 max-md:text-[0.6875rem] max-md:font-medium md:gap-3 md:px-3 md:py-2.5 md:text-sm md:font-medium";
const lineLook =
  "flex cursor-pointer items-center gap-3 rounded-xl px-3 py-2 text-sm font-medium text-muted transition-colors hover:bg-sunken hover:text-ink aria-[current=page]:text-accent";

/// On a phone: the places that its bar has no room for, and what stands below them on a wide screen.
function More({ current }: { current: Route["page"] }) {
  const hidden = places.slice(roomInBar);
  const isHere = hidden.some(({ page }) => page === current);
  return (
    <DialogTrigger>
      <Button className={`cursor-pointer ${isHere ? "text-accent" : "text-muted"} ${placeLook}`}>
        <Ellipsis aria-hidden size={20} strokeWidth={1.9} />
        More
      </Button>
      <Popover
        placement="top end"
        className="w-64 animate-appear rounded-2xl bg-surface p-2 shadow-over ring-1 ring-line"
      >
        <Dialog aria-label="More" className="flex flex-col gap-1 outline-none">
          {({ close }) => (
            <>
              {hidden.map(({ page, link, name, icon: Icon }) => (
                <a
                  key={page}
                  href={link}
                  onClick={close}
                  aria-current={page === current ? "page" : undefined}
                  className={lineLook}
                >
                  <Icon aria-hidden size={18} strokeWidth={1.9} />
                  {name}
                </a>
              ))}
              <ApiLink />
              <SignOut />
              <ThemeChoice />
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function ApiLink() {
  return (
    <a href="/docs" className={lineLook}>
      <BookOpen aria-hidden size={18} strokeWidth={1.9} />
      HTTP API
    </a>
  );
}

function SignOut() {
  const session = useSession();
  if (!session?.user) return null;
  return (
    <button type="button" onClick={() => void signOut()} title={session.user} className={lineLook}>
      <LogOut aria-hidden size={18} strokeWidth={1.9} />
      Sign out
    </button>
  );
}

export function Connection() {
  const { connected, connections } = useBelfry();
  const words = connected ? "Live" : connections > 0 ? "Reconnecting…" : "Connecting…";
  return (
    <span role="status" className="inline-flex items-center gap-2 text-xs font-medium text-muted">
      <span aria-hidden className={`size-2 rounded-full ${connected ? "bg-good" : "bg-ringing"}`} />
      {words}
    </span>
  );
}

const looks: Readonly<Record<Theme, { name: string; icon: typeof Sun }>> = {
  system: { name: "As the system", icon: Monitor },
  light: { name: "Light", icon: Sun },
  dark: { name: "Dark", icon: Moon },
};

export function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  return (
    <ToggleButtonGroup
      aria-label="Colours"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[theme]}
      onSelectionChange={(chosen) => {
        const next = themes.find((name) => chosen.has(name));
        if (next) setTheme(next);
      }}
      className="flex rounded-xl bg-sunken p-1"
    >
      {themes.map((name) => {
        const { name: words, icon: Icon } = looks[name];
        return (
          <ToggleButton
            key={name}
            id={name}
            aria-label={words}
            className="flex h-7 flex-1 cursor-pointer items-center justify-center rounded-lg text-muted transition-colors hover:text-ink data-selected:bg-surface data-selected:text-ink data-selected:shadow-card"
          >
            <Icon aria-hidden size={15} />
          </ToggleButton>
        );
      })}
    </ToggleButtonGroup>
  );
}
