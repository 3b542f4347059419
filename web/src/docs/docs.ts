import SwaggerUIBundle from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";
import { storedTheme } from "../shared/theme";
import "./docs.css";

const dark = matchMedia("(prefers-color-scheme: dark)");

/// The colours chosen on the other pages, else the system's; Swagger UI has a class for it.
function applyColours() {
  const chosen = storedTheme();
  const isDark = chosen === "system" ? dark.matches : chosen === "dark";
  document.documentElement.classList.toggle("dark-mode", isDark);
}

applyColours();
dark.addEventListener("change", applyColours);

/// The API pages, all from this server: no validator badge, no fonts, no remote specification.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger",
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
