import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";

type Tone = "primary" | "plain" | "quiet" | "good" | "bad";

interface ButtonProps extends AriaButtonProps {
  tone?: Tone;
  size?: "small" | "medium" | "large";
}

const tones: Readonly<Record<Tone, string>> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  plain: "bg-surface text-ink ring-1 ring-inset ring-line hover:bg-sunken",
  quiet: "text-muted hover:bg-sunken hover:text-ink",
  good: "bg-good text-on-good hover:brightness-110",
  bad: "bg-bad text-on-bad hover:brightness-110",
};

const sizes = {
  small: "h-8 gap-1.5 px-3 text-sm rounded-lg",
  medium: "h-10 gap-2 px-4 text-sm rounded-xl",
  large: "h-12 gap-2.5 px-6 text-base rounded-2xl",
};

export function Button({ tone = "plain", size = "medium", className, ...rest }: ButtonProps) {
  const extra = typeof className === "string" ? className : "";
  return (
    <AriaButton
      {...rest}
      className={`inline-flex shrink-0 cursor-pointer items-center justify-center font-medium whitespace-nowrap transition-[background-color,filter,scale] duration-150 data-disabled:cursor-not-allowed data-disabled:opacity-45 data-pending:opacity-60 data-pressed:scale-[0.98] ${tones[tone]} ${sizes[size]} ${extra}`}
    />
  );
}
