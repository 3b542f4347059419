import { CallPage } from "./admin/call-page";
import { CallsPage } from "./admin/calls-page";
import { PhonesPage } from "./admin/phones-page";
import { StartPage } from "./admin/start-page";
import { NotificationsPage } from "./flux/notifications-page";
import { useRoute, type Route } from "./shared/router";
import { Shell } from "./shell";

export function App() {
  const route = useRoute();
  return <Shell route={route}>{pageOf(route)}</Shell>;
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
    case "notifications":
      return <NotificationsPage />;
  }
}
