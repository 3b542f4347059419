import { lazy, Suspense } from "react";
import { CallPage } from "./admin/call-page";
import { CallsPage } from "./admin/calls-page";
import { CampaignPage } from "./admin/campaigns/campaign-page";
import { CampaignsPage } from "./admin/campaigns/campaigns-page";
import { ConferencePage } from "./admin/conferences/conference-page";
import { ConferencesPage } from "./admin/conferences/conferences-page";
import { MessagesPage } from "./admin/messages-page";
import { PhonesPage } from "./admin/phones-page";
import { ApplicationsPage } from "./admin/settings/applications-page";
import { KeysPage } from "./admin/settings/keys-page";
import { NumbersPage } from "./admin/settings/numbers-page";
import { TrunksPage } from "./admin/settings/trunks-page";
import { StartPage } from "./admin/start-page";
import { NotificationsPage } from "./flux/notifications-page";
import { KinPage } from "./kin/kin-page";
import { useRoute, type Route, type SettingsPart } from "./shared/router";
import { Shell } from "./shell";
import { SignInGate } from "./sign-in";
import { GroupPage } from "./take5/group-page";
import { GroupsPage } from "./take5/groups-page";
import { PeoplePage } from "./take5/people-page";

/// With its charts only for those who look at it.
const AnalyticsPage = lazy(async () => ({
  default: (await import("./admin/analytics/analytics-page")).AnalyticsPage,
}));

export function App() {
  const route = useRoute();
  return (
    <SignInGate>
      <Shell route={route}>{pageOf(route)}</Shell>
    </SignInGate>
  );
}

function pageOf(route: Route) {
  switch (route.page) {
    case "start":
      return <StartPage />;
    case "phones":
      return <PhonesPage />;
    case "calls":
      return <CallsPage />;
    case "call":
      return <CallPage key={route.sid} sid={route.sid} />;
    case "conferences":
      return <ConferencesPage />;
    case "conference":
      return <ConferencePage key={route.sid} sid={route.sid} />;
    case "messages":
      return <MessagesPage />;
    case "groups":
      return <GroupsPage />;
    case "group":
      return <GroupPage key={route.id} id={route.id} />;
    case "people":
      return <PeoplePage />;
    case "analytics":
      return (
        <Suspense>
          <AnalyticsPage />
        </Suspense>
      );
    case "campaigns":
      return <CampaignsPage />;
    case "campaign":
      return <CampaignPage key={route.id} id={route.id} />;
    case "kin":
      return <KinPage />;
    case "notifications":
      return <NotificationsPage />;
    case "settings":
      return settingsOf(route.part);
  }
}

function settingsOf(part: SettingsPart) {
  switch (part) {
    case "numbers":
      return <NumbersPage />;
    case "applications":
      return <ApplicationsPage />;
    case "trunks":
      return <TrunksPage />;
    case "keys":
      return <KeysPage />;
  }
}
