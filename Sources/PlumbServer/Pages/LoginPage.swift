/// `/login`: the token, entered once in a browser.
enum LoginPage {
  static func html(wasWrong: Bool) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Sign in · Plumb</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/assets/plumb.css">
    </head>
    <body>
    <main>
    <h1>Plumb</h1>
    <form class="filters" method="post" action="/login">
    <label>token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
    <button>Sign in</button>
    </form>
    \(wasWrong ? "<p class=\"error\" role=\"alert\">This is not the token.</p>" : "<p class=\"quiet\">Enter the token that the server was started with.</p>")
    </main>
    </body>
    </html>

    """
  }
}
