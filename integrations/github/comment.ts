// One comment on a pull request, written once and renewed on each run.

export interface PullRequest {
  /** `https://api.github.com`, or the server's own. */
  readonly api: string;
  /** `OWNER/NAME`. */
  readonly repository: string;
  readonly number: number;
}

/** Tells the comment from others; invisible where it is shown. */
const MARK = "<!-- bulkhead -->";
const TIMEOUT_MS = 30_000;
const PAGE = 100;
const MAX_PAGES = 30;

/**
 * Writes or renews the comment, and says what became of it. A refusal is told and stops nothing.
 *
 * Source: GitHub REST API, "Endpoints for issue comments": list, create and update.
 */
export async function comment({ api, repository, number }: PullRequest, text: string, token: string): Promise<string> {
  const base = `${api}/repos/${repository}/issues`;
  const body = JSON.stringify({ body: `${MARK}\n${text}` });
  try {
    const before = await ownComment(`${base}/${number}/comments`, token);
    const answer =
      before === undefined
        ? await ask(`${base}/${number}/comments`, token, { method: "POST", body })
        : await ask(`${base}/comments/${before}`, token, { method: "PATCH", body });
    return answer.ok
      ? `commented on pull request ${number}`
      : `no comment on pull request ${number}: ${answer.status} ${answer.statusText}`;
  } catch (cause) {
    return `no comment on pull request ${number}: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

/** Threat: a commenter who writes the mark to have their comment overwritten, or to keep ours from being seen. Only a bot's comment is renewed. */
async function ownComment(url: string, token: string): Promise<number | undefined> {
  for (let page = 1; page <= MAX_PAGES; page++) {
    const answer = await ask(`${url}?per_page=${PAGE}&page=${page}`, token, {});
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    const comments = (await answer.json()) as readonly {
      readonly id: number;
      readonly body?: string;
      readonly user?: { readonly type?: string };
    }[];
    const own = comments.find((each) => each.user?.type === "Bot" && each.body?.startsWith(MARK));
    if (own || comments.length < PAGE) return own?.id;
  }
  return undefined;
}

const ask = (url: string, token: string, init: RequestInit): Promise<Response> =>
  fetch(url, {
    ...init,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
      "content-type": "application/json",
    },
  });
