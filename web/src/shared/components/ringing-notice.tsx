import { PhoneIncoming } from "lucide-react";
import { formatNumber } from "../format";
import { links } from "../router";
import { currentCall, selectPhones } from "../state";
import { useBelfry } from "../store";

/// Says at once, to eye and ear, that a phone rings; on the Phones page the phone itself shows it.
export function RingingNotice({ hidden }: { hidden: boolean }) {
  const ringing = selectPhones(useBelfry()).filter((phone) => phone.state === "ringing");
  const notices = ringing.map((phone) => {
    const from = currentCall(phone)?.from;
    return {
      rings: `${formatNumber(phone.number)} is ringing`,
      caller: from ? `, call from ${formatNumber(from)}` : "",
    };
  });

  return (
    <>
      <div role="alert" aria-live="assertive" className="sr-only">
        {notices.map(({ rings, caller }) => rings + caller).join(". ")}
      </div>
      {!hidden && ringing.length > 0 && (
        <a
          href={links.phones}
          className="sticky top-3 z-20 mx-4 mt-3 flex animate-appear items-center gap-3 rounded-2xl bg-ringing px-5 py-3.5 text-on-ringing shadow-over sm:mx-8"
        >
          <PhoneIncoming aria-hidden size={20} className="shrink-0 animate-swing" />
          <span className="min-w-0 flex-1 font-semibold">
            {notices[0]?.rings}
            <span className="max-sm:hidden">{notices[0]?.caller}</span>
            {ringing.length > 1 && (
              <span className="block text-sm font-normal">and {ringing.length - 1} more</span>
            )}
          </span>
          <span className="shrink-0 text-sm font-semibold underline underline-offset-4">Go to phone</span>
        </a>
      )}
    </>
  );
}
