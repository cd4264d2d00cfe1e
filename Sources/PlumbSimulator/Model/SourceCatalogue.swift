/// The parts of the simulated world: sources and their streams, regions, and the topics of later layers.
enum SourceCatalogue {
  struct Source: Sendable {
    let name: String
    let prefix: String
    let vendor: String
    let owner: String
  }

  /// A stream of records that a source provides.
  struct Stream: Sendable {
    let source: Int
    let name: String
    /// The number of regions that have it from the start.
    let regions: Int
    let tier: Int
    /// The share of its records that people cause, which follows business hours.
    let human: Double
    let weight: Double
    let recordBytes: Int

    init(_ source: Int, _ name: String, _ regions: Int, tier: Int, human: Double, weight: Double, bytes: Int) {
      self.source = source
      self.name = name
      self.regions = regions
      self.tier = tier
      self.human = human
      self.weight = weight
      recordBytes = bytes
    }
  }

  struct Region: Sendable {
    let name: String
    /// Hours from UTC.
    let offset: Int64
    let size: Double
  }

  /// A step of a layer above ingestion.
  struct Topic: Sendable {
    let name: String
    let source: Int
    let owner: String
    let tier: Int

    init(_ name: String, _ source: Int, _ owner: String, tier: Int) {
      self.name = name
      self.source = source
      self.owner = owner
      self.tier = tier
    }
  }

  static let sources: [Source] = [
    Source(name: "Entra ID", prefix: "entra", vendor: "Microsoft", owner: "identity-platform"),
    Source(name: "Office 365", prefix: "office", vendor: "Microsoft", owner: "collaboration-data"),
    Source(name: "Defender", prefix: "defender", vendor: "Microsoft", owner: "endpoint-security"),
    Source(name: "GitHub", prefix: "github", vendor: "GitHub", owner: "developer-security"),
    Source(name: "Sentinel", prefix: "sentinel", vendor: "Microsoft", owner: "soc-engineering"),
    Source(
      name: "Microsoft Graph Security", prefix: "graph-security", vendor: "Microsoft", owner: "graph-integrations"),
    Source(name: "Threat Intelligence", prefix: "redwatch", vendor: "Redwatch", owner: "threat-intelligence"),
    Source(name: "Threat Intelligence", prefix: "harrier", vendor: "Harrier Intel", owner: "threat-intelligence"),
    Source(name: "Threat Intelligence", prefix: "opennettle", vendor: "OpenNettle", owner: "threat-intelligence"),
    Source(name: "Threat Intelligence", prefix: "cipherook", vendor: "Cipherook", owner: "threat-intelligence"),
    Source(name: "Threat Intelligence", prefix: "greywater", vendor: "Greywater Labs", owner: "threat-intelligence"),
  ]

  static let streams: [Stream] = [
    Stream(0, "signin", 6, tier: 1, human: 0.9, weight: 5, bytes: 1_450),
    Stream(0, "audit", 4, tier: 1, human: 0.7, weight: 1.6, bytes: 1_900),
    Stream(0, "risky-users", 3, tier: 1, human: 0.6, weight: 0.3, bytes: 900),
    Stream(0, "provisioning", 2, tier: 3, human: 0.5, weight: 0.4, bytes: 1_200),
    Stream(0, "service-principals", 2, tier: 2, human: 0.1, weight: 2.5, bytes: 1_100),
    Stream(1, "exchange", 5, tier: 1, human: 0.85, weight: 4, bytes: 2_100),
    Stream(1, "sharepoint", 3, tier: 2, human: 0.9, weight: 2.2, bytes: 1_300),
    Stream(1, "teams", 3, tier: 2, human: 0.95, weight: 2.4, bytes: 1_000),
    Stream(1, "onedrive", 2, tier: 3, human: 0.85, weight: 1.4, bytes: 1_250),
    Stream(1, "dlp", 2, tier: 1, human: 0.8, weight: 0.3, bytes: 2_600),
    Stream(2, "endpoint", 5, tier: 1, human: 0.45, weight: 6, bytes: 1_700),
    Stream(2, "identity", 3, tier: 1, human: 0.6, weight: 1.5, bytes: 1_300),
    Stream(2, "cloud-apps", 2, tier: 2, human: 0.75, weight: 1.3, bytes: 1_500),
    Stream(2, "email", 2, tier: 2, human: 0.8, weight: 1.1, bytes: 2_000),
    Stream(2, "vulnerability", 2, tier: 3, human: 0.1, weight: 0.8, bytes: 2_400),
    Stream(3, "audit", 2, tier: 2, human: 0.8, weight: 0.9, bytes: 1_000),
    Stream(3, "actions", 2, tier: 2, human: 0.7, weight: 1.2, bytes: 1_600),
    Stream(3, "dependabot", 1, tier: 3, human: 0.2, weight: 0.2, bytes: 1_800),
    Stream(3, "secret-scanning", 1, tier: 1, human: 0.6, weight: 0.1, bytes: 900),
    Stream(3, "code-scanning", 1, tier: 3, human: 0.6, weight: 0.25, bytes: 2_200),
    Stream(4, "incidents", 2, tier: 1, human: 0.5, weight: 0.2, bytes: 3_000),
    Stream(4, "analytics", 2, tier: 2, human: 0.3, weight: 0.9, bytes: 1_400),
    Stream(4, "watchlists", 1, tier: 3, human: 0.3, weight: 0.1, bytes: 400),
    Stream(4, "hunting", 1, tier: 3, human: 0.6, weight: 0.3, bytes: 1_500),
    Stream(5, "alerts", 2, tier: 1, human: 0.5, weight: 0.5, bytes: 2_700),
    Stream(5, "secure-scores", 1, tier: 3, human: 0.05, weight: 0.1, bytes: 800),
    Stream(5, "actions", 1, tier: 2, human: 0.5, weight: 0.2, bytes: 1_100),
    Stream(6, "indicators", 1, tier: 1, human: 0.05, weight: 1.2, bytes: 600),
    Stream(6, "reputation", 1, tier: 2, human: 0.05, weight: 0.7, bytes: 350),
    Stream(7, "indicators", 1, tier: 2, human: 0.05, weight: 0.9, bytes: 650),
    Stream(7, "reputation", 1, tier: 3, human: 0.05, weight: 0.5, bytes: 350),
    Stream(8, "indicators", 1, tier: 2, human: 0.05, weight: 1.5, bytes: 450),
    Stream(9, "indicators", 1, tier: 2, human: 0.05, weight: 0.8, bytes: 700),
    Stream(9, "domains", 1, tier: 3, human: 0.05, weight: 0.6, bytes: 300),
    Stream(10, "indicators", 1, tier: 2, human: 0.05, weight: 0.7, bytes: 600),
    Stream(10, "malware", 1, tier: 3, human: 0.05, weight: 0.3, bytes: 1_900),
  ]

  static let regions: [Region] = [
    Region(name: "eastus", offset: -5, size: 1.4), Region(name: "westeurope", offset: 1, size: 1.2),
    Region(name: "westus", offset: -8, size: 1.1), Region(name: "uksouth", offset: 0, size: 0.8),
    Region(name: "southeastasia", offset: 8, size: 0.8), Region(name: "australiaeast", offset: 10, size: 0.6),
    Region(name: "japaneast", offset: 9, size: 0.7), Region(name: "northeurope", offset: 0, size: 0.7),
    Region(name: "centralindia", offset: 5, size: 0.9), Region(name: "brazilsouth", offset: -3, size: 0.5),
  ]

  static let enrichTopics: [Topic] = [
    Topic("identity-context", 0, "identity-platform", tier: 1),
    Topic("threat-match", 6, "threat-intelligence", tier: 1),
    Topic("device-posture", 2, "endpoint-security", tier: 2),
    Topic("geo-location", 4, "data-platform", tier: 2),
    Topic("mail-context", 1, "collaboration-data", tier: 2),
    Topic("asset-inventory", 2, "endpoint-security", tier: 2),
    Topic("user-risk", 0, "identity-platform", tier: 1),
    Topic("malware-verdict", 2, "endpoint-security", tier: 1),
    Topic("code-context", 3, "developer-security", tier: 3),
    Topic("domain-reputation", 7, "threat-intelligence", tier: 3),
    Topic("graph-merge", 5, "graph-integrations", tier: 2),
  ]

  static let correlateTopics: [Topic] = [
    Topic("impossible-travel", 0, "detection-engineering", tier: 1),
    Topic("lateral-movement", 4, "detection-engineering", tier: 1),
    Topic("credential-theft", 0, "detection-engineering", tier: 1),
    Topic("phishing-campaign", 1, "detection-engineering", tier: 2),
    Topic("data-exfiltration", 4, "detection-engineering", tier: 1),
    Topic("ransomware-precursor", 2, "detection-engineering", tier: 1),
    Topic("insider-risk", 1, "insider-risk", tier: 2),
    Topic("supply-chain", 3, "developer-security", tier: 2),
    Topic("privilege-escalation", 5, "detection-engineering", tier: 2),
    Topic("beaconing", 8, "threat-intelligence", tier: 3),
  ]

  static let serveTopics: [Topic] = [
    Topic("soc-dashboard", 4, "soc-engineering", tier: 1),
    Topic("alert-queue", 4, "soc-engineering", tier: 1),
    Topic("risk-score-api", 5, "graph-integrations", tier: 1),
    Topic("case-feed", 4, "soc-engineering", tier: 2),
    Topic("compliance-export", 1, "reporting", tier: 2),
    Topic("hunting-store", 2, "soc-engineering", tier: 2),
    Topic("executive-report", 5, "reporting", tier: 3),
    Topic("partner-share", 6, "threat-intelligence", tier: 3),
  ]
}
