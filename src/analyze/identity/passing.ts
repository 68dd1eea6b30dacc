// Which services run what the caller gives them as a role that the caller passes, and what starting that takes.

export interface Service {
  readonly principal: string;
  readonly what: string;
  /** All of each list; any list. */
  readonly ways: readonly (readonly string[])[];
  /** The role is passed inside an instance profile. */
  readonly byProfile?: boolean;
}

/**
 * IAM User Guide, "Grant a user permissions to pass a role to an AWS service"; the Service Authorization Reference lists which actions depend on
 * iam:PassRole. docs/iam-escalation.md says which published path each way is.
 */
export const SERVICES: readonly Service[] = [
  {
    principal: "lambda.amazonaws.com",
    what: "a function",
    ways: [
      ["lambda:createfunction", "lambda:invokefunction"],
      ["lambda:createfunction", "lambda:createeventsourcemapping"],
      ["lambda:createfunction", "lambda:createfunctionurlconfig"],
      ["lambda:createfunction", "lambda:addpermission"],
    ],
  },
  {
    principal: "ec2.amazonaws.com",
    what: "an instance",
    ways: [
      ["ec2:runinstances"],
      ["ec2:requestspotinstances"],
      ["ec2:associateiaminstanceprofile"],
      ["ec2:replaceiaminstanceprofileassociation"],
    ],
    byProfile: true,
  },
  {
    principal: "ecs-tasks.amazonaws.com",
    what: "a task",
    ways: [
      ["ecs:registertaskdefinition", "ecs:runtask"],
      ["ecs:registertaskdefinition", "ecs:starttask"],
      ["ecs:registertaskdefinition", "ecs:createservice"],
      ["ecs:registertaskdefinition", "ecs:updateservice"],
    ],
  },
  {
    principal: "cloudformation.amazonaws.com",
    what: "a stack",
    ways: [
      ["cloudformation:createstack"],
      ["cloudformation:updatestack"],
      ["cloudformation:createchangeset", "cloudformation:executechangeset"],
      ["cloudformation:createstackset", "cloudformation:createstackinstances"],
      ["cloudformation:updatestackset"],
    ],
  },
  {
    principal: "codebuild.amazonaws.com",
    what: "a build",
    ways: [
      ["codebuild:createproject", "codebuild:startbuild"],
      ["codebuild:createproject", "codebuild:startbuildbatch"],
      ["codebuild:updateproject", "codebuild:startbuild"],
      ["codebuild:updateproject", "codebuild:startbuildbatch"],
    ],
  },
  {
    principal: "glue.amazonaws.com",
    what: "a Glue job",
    ways: [
      ["glue:createdevendpoint"],
      ["glue:createjob", "glue:startjobrun"],
      ["glue:createjob", "glue:createtrigger"],
      ["glue:updatejob", "glue:startjobrun"],
      ["glue:updatejob", "glue:createtrigger"],
    ],
  },
  {
    principal: "sagemaker.amazonaws.com",
    what: "a SageMaker job",
    ways: [["sagemaker:createnotebookinstance"], ["sagemaker:createtrainingjob"], ["sagemaker:createprocessingjob"]],
  },
  {
    principal: "datapipeline.amazonaws.com",
    what: "a data pipeline",
    ways: [["datapipeline:createpipeline", "datapipeline:putpipelinedefinition", "datapipeline:activatepipeline"]],
  },
  {
    principal: "elasticmapreduce.amazonaws.com",
    what: "a cluster of a data pipeline",
    ways: [
      ["datapipeline:createpipeline", "datapipeline:putpipelinedefinition", "datapipeline:activatepipeline"],
      ["elasticmapreduce:runjobflow"],
    ],
  },
  { principal: "tasks.apprunner.amazonaws.com", what: "an App Runner service", ways: [["apprunner:createservice"]] },
  {
    principal: "bedrock-agentcore.amazonaws.com",
    what: "a code interpreter",
    ways: [
      [
        "bedrock-agentcore:createcodeinterpreter",
        "bedrock-agentcore:startcodeinterpretersession",
        "bedrock-agentcore:invokecodeinterpreter",
      ],
    ],
  },
  {
    principal: "states.amazonaws.com",
    what: "a state machine",
    ways: [["states:createstatemachine", "states:startexecution"], ["states:updatestatemachine"]],
  },
];
