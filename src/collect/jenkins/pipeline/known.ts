// Steps that are known: what they do is read elsewhere, or changes nothing outside the build. Source: Jenkins, "Pipeline Steps Reference".

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Run their blocks, and nothing else that matters here. */
export const WRAPPERS = words(`
  node ws dir timeout retry withEnv withCredentials timestamps ansiColor script lock milestone catchError warnError container podTemplate withVault
  withAWS sshagent configFileProvider withMaven withSonarQubeEnv waitUntil wrap withDockerRegistry withDockerContainer withDockerServer withKubeConfig
  withGradle tool withContext stage parallel throttle skipStagesAfterUnstable wrappers dockerNode exwsAllocate exws cache withChecks logstash rateLimit
  withKubeCredentials withGCP withAzureKeyvault azureKeyVault nodejs withNPM withPythonEnv withAnt withGroovy withFileParameter withChecksum
  quietPeriod withDockerFile
`);

export const HARMLESS = words(`
  echo print println printf error unstable sleep pwd isUnix fileExists readFile writeFile readJSON writeJSON readYaml writeYaml readProperties readMavenPom
  writeMavenPom readCSV writeCSV readManifest touch zip unzip tar untar deleteDir cleanWs junit xunit publishHTML recordIssues archive archiveArtifacts
  archiveArtifact stash unstash fingerprint copyArtifacts mail emailext slackSend hipchatSend office365ConnectorSend checkout git svn scmGit svnScm input
  build library load properties step sh bat powershell pwsh currentBuild milestone parallel waitForQualityGate getContext tool findFiles sha1 sha256 md5
  base64 nodesByLabel resolveScm validateDeclarativePipeline checkoutToSubdirectory jacoco cobertura publishCoverage recordCoverage perfReport addBadge
  buildName buildDescription addShortText discoverReferenceBuild mineRepository publishChecks githubNotify setGitHubPullRequestStatus gitStatusWrapper
  updateGitlabCommitStatus addGitLabMRComment bitbucketStatusNotify ircNotify rocketSend telegramSend jiraComment timestamps waitUntil evaluateExpression
  string text password booleanParam choice file usernamePassword usernameColonPassword sshUserPrivateKey certificate dockerCert logRotator parameters
  pipelineTriggers buildDiscarder disableConcurrentBuilds cron pollSCM upstream overrideIndexTriggers modernSCM gitSource containerTemplate envVar
  persistentVolumeClaim emptyDirVolume hostPathVolume secretVolume configFile maven jdk each collect super this call steps delegate
`);

/** Names of Groovy and Jenkins whose methods are no steps. */
export const OBJECTS = words(`
  env params currentBuild scm docker System Math String Integer JsonOutput JsonSlurper JsonSlurperClassic Date Arrays Collections Objects UUID Jenkins
  jenkins hudson java groovy this super steps out log config binding Closure Thread TimeUnit
`);
