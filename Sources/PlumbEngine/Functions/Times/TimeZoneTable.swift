extension TimeZone {
  /// Every zone, by part of the world. Facts from the IANA time zone database.
  static let all: [TimeZone] = [
    universal, westernEurope, easternEurope, northAmerica, southAmerica, africa, nearAsia, farAsia, oceania,
  ].flatMap { $0 }

  private static let universal: [TimeZone] = [
    .init("UTC", 0, since: 1), .init("Etc/UTC", 0, since: 1), .init("Etc/GMT", 0, since: 1),
    .init("GMT", 0, since: 1), .init("Zulu", 0, since: 1), .init("Universal", 0, since: 1),
    .init("EST", -300, since: 1970), .init("MST", -420, since: 1970), .init("HST", -600, since: 1970),
  ]

  private static let westernEurope: [TimeZone] = [
    .init("Europe/London", 0, .europe, since: 1996), .init("Europe/Belfast", 0, .europe, since: 1996),
    .init("Europe/Dublin", 0, .europe, since: 1996), .init("Europe/Lisbon", 0, .europe, since: 1997),
    .init("Atlantic/Canary", 0, .europe, since: 1996), .init("Atlantic/Reykjavik", 0, since: 1970),
    .init("Atlantic/Azores", -60, .europe, since: 1997), .init("WET", 0, .europe, since: 1997),
    .init("CET", 60, .europe, since: 1996), .init("Europe/Paris", 60, .europe, since: 1996),
    .init("Europe/Berlin", 60, .europe, since: 1996), .init("Europe/Madrid", 60, .europe, since: 1996),
    .init("Europe/Rome", 60, .europe, since: 1996), .init("Europe/Amsterdam", 60, .europe, since: 1996),
    .init("Europe/Brussels", 60, .europe, since: 1996), .init("Europe/Luxembourg", 60, .europe, since: 1996),
    .init("Europe/Zurich", 60, .europe, since: 1996), .init("Europe/Vienna", 60, .europe, since: 1996),
    .init("Europe/Copenhagen", 60, .europe, since: 1996), .init("Europe/Oslo", 60, .europe, since: 1996),
    .init("Europe/Stockholm", 60, .europe, since: 1996), .init("Europe/Monaco", 60, .europe, since: 1996),
    .init("Europe/Malta", 60, .europe, since: 1996), .init("Europe/Andorra", 60, .europe, since: 1996),
  ]

  private static let easternEurope: [TimeZone] = [
    .init("Europe/Prague", 60, .europe, since: 1996), .init("Europe/Bratislava", 60, .europe, since: 1996),
    .init("Europe/Budapest", 60, .europe, since: 1996), .init("Europe/Warsaw", 60, .europe, since: 1996),
    .init("Europe/Belgrade", 60, .europe, since: 1996), .init("Europe/Zagreb", 60, .europe, since: 1996),
    .init("Europe/Ljubljana", 60, .europe, since: 1996), .init("Europe/Sarajevo", 60, .europe, since: 1996),
    .init("Europe/Skopje", 60, .europe, since: 1996), .init("EET", 120, .europe, since: 1996),
    .init("Europe/Athens", 120, .europe, since: 1996), .init("Europe/Helsinki", 120, .europe, since: 1996),
    .init("Europe/Bucharest", 120, .europe, since: 1997), .init("Europe/Sofia", 120, .europe, since: 1997),
    .init("Europe/Kiev", 120, .europe, since: 1997), .init("Europe/Kyiv", 120, .europe, since: 1997),
    .init("Europe/Riga", 120, .europe, since: 2001), .init("Europe/Tallinn", 120, .europe, since: 2003),
    .init("Europe/Vilnius", 120, .europe, since: 2004), .init("Asia/Nicosia", 120, .europe, since: 1999),
    .init("Europe/Moscow", 180, since: 2015), .init("Europe/Minsk", 180, since: 2012),
    .init("Europe/Istanbul", 180, since: 2017), .init("Asia/Istanbul", 180, since: 2017),
  ]

  private static let northAmerica: [TimeZone] = [
    .init("America/New_York", -300, .northAmerica, since: 1987), .init("US/Eastern", -300, .northAmerica, since: 1987),
    .init("America/Detroit", -300, .northAmerica, since: 1987), .init("America/Toronto", -300, .northAmerica, since: 1988),
    .init("Canada/Eastern", -300, .northAmerica, since: 1988),
    .init("America/Indiana/Indianapolis", -300, .northAmerica, since: 2006),
    .init("America/Chicago", -360, .northAmerica, since: 1987), .init("US/Central", -360, .northAmerica, since: 1987),
    .init("America/Winnipeg", -360, .northAmerica, since: 2007), .init("Canada/Central", -360, .northAmerica, since: 2007),
    .init("America/Denver", -420, .northAmerica, since: 1987), .init("US/Mountain", -420, .northAmerica, since: 1987),
    .init("America/Boise", -420, .northAmerica, since: 1987), .init("America/Edmonton", -420, .northAmerica, since: 1987),
    .init("America/Phoenix", -420, since: 1970), .init("US/Arizona", -420, since: 1970),
    .init("America/Los_Angeles", -480, .northAmerica, since: 1987), .init("US/Pacific", -480, .northAmerica, since: 1987),
    .init("America/Vancouver", -480, .northAmerica, since: 1987), .init("Canada/Pacific", -480, .northAmerica, since: 1987),
    .init("America/Anchorage", -540, .northAmerica, since: 1987), .init("US/Alaska", -540, .northAmerica, since: 1987),
    .init("Pacific/Honolulu", -600, since: 1970), .init("US/Hawaii", -600, since: 1970),
    .init("America/Halifax", -240, .northAmerica, since: 1987), .init("Canada/Atlantic", -240, .northAmerica, since: 1987),
    .init("America/St_Johns", -210, .northAmerica, since: 2012), .init("America/Regina", -360, since: 1970),
    .init("America/Mexico_City", -360, since: 2023), .init("America/Puerto_Rico", -240, since: 1970),
  ]

  private static let southAmerica: [TimeZone] = [
    .init("America/Panama", -300, since: 1970), .init("America/Jamaica", -300, since: 1984),
    .init("America/Costa_Rica", -360, since: 1993), .init("America/Guatemala", -360, since: 2007),
    .init("America/Bogota", -300, since: 1994), .init("America/Lima", -300, since: 1995),
    .init("America/Guayaquil", -300, since: 1994), .init("America/Caracas", -240, since: 2017),
    .init("America/La_Paz", -240, since: 1970), .init("America/Sao_Paulo", -180, since: 2020),
    .init("America/Argentina/Buenos_Aires", -180, since: 2010), .init("America/Buenos_Aires", -180, since: 2010),
    .init("America/Montevideo", -180, since: 2016), .init("Atlantic/South_Georgia", -120, since: 1970),
  ]

  private static let africa: [TimeZone] = [
    .init("Africa/Johannesburg", 120, since: 1970), .init("Africa/Lagos", 60, since: 1970),
    .init("Africa/Nairobi", 180, since: 1970), .init("Africa/Accra", 0, since: 1970),
    .init("Africa/Abidjan", 0, since: 1970), .init("Africa/Algiers", 60, since: 1982),
    .init("Africa/Tunis", 60, since: 2009), .init("Africa/Addis_Ababa", 180, since: 1970),
    .init("Africa/Kampala", 180, since: 1970), .init("Africa/Maputo", 120, since: 1970),
    .init("Africa/Harare", 120, since: 1970), .init("Indian/Mauritius", 240, since: 2010),
  ]

  private static let nearAsia: [TimeZone] = [
    .init("Asia/Jerusalem", 120, .israel, since: 2013), .init("Asia/Tel_Aviv", 120, .israel, since: 2013),
    .init("Asia/Riyadh", 180, since: 1970), .init("Asia/Kuwait", 180, since: 1970), .init("Asia/Qatar", 180, since: 1973),
    .init("Asia/Baghdad", 180, since: 2008), .init("Asia/Dubai", 240, since: 1970), .init("Asia/Muscat", 240, since: 1970),
    .init("Asia/Baku", 240, since: 2016), .init("Asia/Tbilisi", 240, since: 2006), .init("Asia/Yerevan", 240, since: 2012),
    .init("Asia/Tehran", 210, since: 2023), .init("Asia/Kabul", 270, since: 1970), .init("Asia/Tashkent", 300, since: 1993),
    .init("Asia/Karachi", 300, since: 2010), .init("Asia/Yekaterinburg", 300, since: 2015),
    .init("Asia/Kolkata", 330, since: 1970), .init("Asia/Calcutta", 330, since: 1970), .init("Asia/Colombo", 330, since: 2007),
    .init("Asia/Kathmandu", 345, since: 1987), .init("Asia/Dhaka", 360, since: 2010),
  ]

  private static let farAsia: [TimeZone] = [
    .init("Asia/Yangon", 390, since: 1970), .init("Asia/Bangkok", 420, since: 1970), .init("Asia/Jakarta", 420, since: 1970),
    .init("Asia/Ho_Chi_Minh", 420, since: 1976), .init("Asia/Saigon", 420, since: 1976),
    .init("Asia/Novosibirsk", 420, since: 2017), .init("Asia/Krasnoyarsk", 420, since: 2015),
    .init("Asia/Shanghai", 480, since: 1992), .init("Asia/Hong_Kong", 480, since: 1980), .init("Asia/Macau", 480, since: 1980),
    .init("Asia/Taipei", 480, since: 1980), .init("Asia/Singapore", 480, since: 1982), .init("Asia/Kuala_Lumpur", 480, since: 1982),
    .init("Asia/Manila", 480, since: 1991), .init("Asia/Ulaanbaatar", 480, since: 2017), .init("Asia/Tokyo", 540, since: 1970),
    .init("Japan", 540, since: 1970), .init("Asia/Seoul", 540, since: 1989), .init("Asia/Vladivostok", 600, since: 2015),
  ]

  private static let oceania: [TimeZone] = [
    .init("Australia/Perth", 480, since: 2010), .init("Australia/Darwin", 570, since: 1970),
    .init("Australia/Adelaide", 570, .australia, since: 2008), .init("Australia/Brisbane", 600, since: 1993),
    .init("Australia/Sydney", 600, .australia, since: 2008), .init("Australia/Melbourne", 600, .australia, since: 2008),
    .init("Australia/Canberra", 600, .australia, since: 2008), .init("Australia/Hobart", 600, .australia, since: 2008),
    .init("Pacific/Guam", 600, since: 1978), .init("Pacific/Port_Moresby", 600, since: 1970),
    .init("Pacific/Auckland", 720, .newZealand, since: 2008), .init("NZ", 720, .newZealand, since: 2008),
  ]
}
