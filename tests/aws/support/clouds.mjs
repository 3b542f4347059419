import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ChimeSDKVoiceClient } from "@aws-sdk/client-chime-sdk-voice";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { SNSClient } from "@aws-sdk/client-sns";
import { startBelfry } from "../../support/belfry.mjs";

export const region = "us-east-1";

/// A server, the stock clients of AWS pointed at it, `aws`, which is the command-line tool, and `awsText`, the same for what answers in lines.
export async function startCloud(...options) {
  const belfry = await startBelfry(...options);
  const keys = await belfry.keys();
  const credentials = { accessKeyId: keys.aws_access_key_id, secretAccessKey: keys.aws_secret_access_key };
  const settings = { region, endpoint: belfry.url, credentials, maxAttempts: 1 };
  return {
    belfry,
    keys,
    credentials,
    settings,
    sns: new SNSClient(settings),
    metrics: new CloudWatchClient(settings),
    voice: new ChimeSDKVoiceClient(settings),
    aws: async (...words) => {
      const answer = await runAws(belfry.url, credentials, [...words, "--output", "json"]);
      return answer === "" ? undefined : JSON.parse(answer);
    },
    awsText: (...words) => runAws(belfry.url, credentials, words),
    twilio: (method, path, form) => askTwilio(belfry.url, keys, method, path, form),
    stop: () => belfry.stop(),
  };
}

async function runAws(url, { accessKeyId, secretAccessKey }, words) {
  const environment = {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  };
  const tool = process.env.BELFRY_AWS ?? "aws";
  const { stdout } = await promisify(execFile)(tool, [...words, "--endpoint-url", url], { env: environment });
  return stdout;
}

async function askTwilio(url, keys, method, path, form) {
  const basic = Buffer.from(`${keys.account_sid}:${keys.auth_token}`).toString("base64");
  const response = await fetch(`${url}/2010-04-01/Accounts/${keys.account_sid}${path}.json`, {
    method,
    headers: { authorization: `Basic ${basic}` },
    body: form && new URLSearchParams(form),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/// What a promise is rejected with.
export async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

/// Asks until the answer is true; the test's own time limit ends it.
export async function until(condition) {
  for (;;) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
