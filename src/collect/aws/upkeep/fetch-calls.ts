// Which calls a live collection asks about what is logged, watched, backed up and patched.
import { isObject, type JsonObject } from "../../../lib/json.ts";
import { accountOfArn } from "../../../model/aws/arn.ts";
import { type AskedCall, call, each, type Following, type Input, itemsOf, text } from "../asked-call.ts";

/** Of the account's own trails: an organization's is its management account's to tell. */
const ofTrails = (): readonly Following[] => {
  const own = (parameter: string) => (answer: JsonObject, _: Input, account: string) =>
    itemsOf(answer, "trailList")
      .flatMap((item) => (isObject(item) ? text(item["TrailARN"]) : []))
      .filter((arn) => accountOfArn(arn) === account)
      .map((arn) => ({ [parameter]: arn }));
  return [
    { inputs: own("Name"), calls: [call("cloudtrail", "GetTrailStatus")] },
    { inputs: own("TrailName"), calls: [call("cloudtrail", "GetEventSelectors")] },
  ];
};

export const UPKEEP: readonly AskedCall[] = [
  call("cloudtrail", "DescribeTrails", { lists: ["trailList"], following: ofTrails }),
  call("guardduty", "ListDetectors", {
    lists: ["DetectorIds"],
    following: each("DetectorIds", "", "DetectorId", [call("guardduty", "GetDetector")]),
  }),
  call("configservice", "DescribeConfigurationRecorders", { lists: ["ConfigurationRecorders"] }),
  call("configservice", "DescribeConfigurationRecorderStatus", { lists: ["ConfigurationRecordersStatus"] }),
  call("backup", "ListProtectedResources", { lists: ["Results"] }),
];

/** As many as one request takes (Systems Manager API Reference, DescribeInstancePatchStates). */
const MOST = 50;

/** Follows from the list of instances. */
export const patchStates = (): readonly Following[] => {
  const inputs = (answer: JsonObject): Input[] => {
    const ids = itemsOf(answer, "Reservations").flatMap((reservation) =>
      isObject(reservation) ? itemsOf(reservation, "Instances").flatMap((item) => (isObject(item) ? text(item["InstanceId"]) : [])) : [],
    );
    return Array.from({ length: Math.ceil(ids.length / MOST) }, (_, i) => ({ InstanceIds: ids.slice(i * MOST, (i + 1) * MOST) }));
  };
  return [{ inputs, calls: [call("ssm", "DescribeInstancePatchStates", { lists: ["InstancePatchStates"] })] }];
};
