// What the booth says of a code, and of what the server answered or did not.

export const ADVICE = {
  unknown: {
    sentence: "This code is not on the list for this election.",
    advice: "Open the link in your latest e-mail, or type the code again. If you asked for a new link, only the new code works.",
    mayTryOther: true,
    mayReissue: true,
  },
  revoked: {
    sentence: "This code has been replaced.",
    advice: "Use the link in the latest e-mail. The old code can no longer be used, by you or by anybody else.",
    mayTryOther: true,
    mayReissue: true,
  },
  cast: {
    sentence: "A ballot has already been cast with this code.",
    advice: "If that was you, there is nothing more to do. If it was not, say so with the link in the notice that was sent to you, or tell the returning officer at once.",
  },
  closed: { sentence: "The poll has closed.", advice: "No more ballots can be cast." },
  "not-yet-open": {
    sentence: "The poll has not opened yet.",
    advice: "Keep your link; it will work once the poll opens.",
    mayTryAgain: true,
  },
  suspended: {
    sentence: "Voting is paused.",
    advice: "Nothing is lost. The returning officer will say when it goes on; your link will still work.",
    mayTryAgain: true,
  },
  unreachable: {
    sentence: "Your code could not be checked just now.",
    advice: "Nothing has been used up. Look at your connection, allow this page its cookie, and try again.",
    mayTryAgain: true,
    mayTryOther: true,
  },
};

export const CODE_SENTENCES = {
  "code.length": "Enter the whole code: 21 characters. The last may be a sign, such as * or ~.",
  "code.character": "The code holds a character that codes never have. Look at it again.",
  "code.check": "The code does not fit together: a character is probably mistyped. Look at it again.",
};

// What the server's forgery check says in its own page, for a page whose cookie is gone.
export const TOO_OLD =
  "This page has lost its cookie, and this attempt was not taken. Allow the cookie, open your link again and mark the paper anew.";

// Of a paper that was opened to check the device.
export const TOLD = "It goes on the public board within a minute or so, without your name.";
export const NOT_TOLD =
  "The board could not be told of it just now. The check with a second device works all the same.";
