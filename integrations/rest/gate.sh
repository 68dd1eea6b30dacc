#!/bin/sh
# Asks Bulkhead's gate by REST, with curl and jq alone: for CI systems where the command itself is not at hand.
#
#   BULKHEAD_SERVER   the server's address
#   BULKHEAD_TOKEN    a token of a machine's account (bh_…), or the job's own token
#
#   gate.sh test     DIGEST ENVIRONMENT SUITE RUN COMMIT        a suite passed
#   gate.sh request  NAME DIGEST FROM TO REPOSITORY COMMIT AUTHOR…   prints the promotion's id
#   gate.sh wait     ID                                          0 approved, 1 refused or expired, 2 not within BULKHEAD_WAIT seconds (900)
#   gate.sh confirm  ID ENVIRONMENT DIGEST                       what runs now
#
# Whatever is not a plain yes is an exit status other than 0: a pipeline that goes on then goes past the gate.
set -eu

fail() {
  echo "gate.sh: $1" >&2
  exit "${2:-3}"
}

: "${BULKHEAD_SERVER:?}" "${BULKHEAD_TOKEN:?}"

# The token goes to curl on standard input, never as an argument, which other processes could read. No redirection is followed.
ask() {
  method=$1 path=$2 body=${3:-}
  answer=$(mktemp)
  trap 'rm -f "$answer"' EXIT
  set -- --silent --show-error --max-time 30 --request "$method" --output "$answer" --write-out '%{http_code}' --config -
  [ -z "$body" ] || set -- "$@" --header 'content-type: application/json' --data "$body"
  status=$(printf 'header = "authorization: Bearer %s"\n' "$BULKHEAD_TOKEN" | curl "$@" "${BULKHEAD_SERVER%/}$path") || fail "the gate does not answer; nothing is approved" 2
  case $status in
    2??) cat "$answer" ;;
    5?? | 429) fail "the gate answers $status; nothing is approved" 2 ;;
    *) fail "$(jq -r '.detail // "an answer without a reason"' <"$answer" | tr -d '\000-\037')" 1 ;;
  esac
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  test)
    [ $# -eq 5 ] || fail "test DIGEST ENVIRONMENT SUITE RUN COMMIT"
    body=$(jq -n --arg digest "$1" --arg environment "$2" --arg suite "$3" --arg run "$4" --arg commit "$5" \
      '{digest: $digest, environment: $environment, suite: $suite, passed: true, run: $run, commit: $commit}')
    ask POST /v1/tests "$body" >/dev/null
    ;;
  request)
    [ $# -ge 7 ] || fail "request NAME DIGEST FROM TO REPOSITORY COMMIT AUTHOR…"
    body=$(jq -n --arg name "$1" --arg digest "$2" --arg from "$3" --arg to "$4" --arg repository "$5" --arg commit "$6" \
      '{artifact: {kind: "image", name: $name, digest: $digest}, from: $from, to: $to, source: {repository: $repository, commit: $commit}, authors: $ARGS.positional[6:]}' \
      --args "$@")
    promotion=$(ask POST /v1/promotions "$body") || exit $?
    printf '%s' "$promotion" | jq -er .id || fail "the gate's answer has another form" 2
    ;;
  wait)
    [ $# -eq 1 ] || fail "wait ID"
    until=$(($(date +%s) + ${BULKHEAD_WAIT:-900}))
    while :; do
      promotion=$(ask GET "/v1/promotions/$1") || exit $?
      state=$(printf '%s' "$promotion" | jq -er .state) || fail "the gate's answer has another form" 2
      case $state in
        approved) exit 0 ;;
        waiting) ;;
        *) fail "promotion $1 is $state" 1 ;;
      esac
      [ "$(date +%s)" -lt "$until" ] || fail "promotion $1 still waits" 2
      sleep "${BULKHEAD_POLL:-5}"
    done
    ;;
  confirm)
    [ $# -eq 3 ] || fail "confirm ID ENVIRONMENT DIGEST"
    body=$(jq -n --arg environment "$2" --arg digest "$3" '{environment: $environment, digest: $digest}')
    ask POST "/v1/promotions/$1/deployment" "$body" >/dev/null
    ;;
  *) fail "test, request, wait or confirm" ;;
esac
