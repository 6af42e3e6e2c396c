// How long a token lives, as the API writes it: "12h", "1d12h"; "" is as long as is allowed.
export const validDuration = (text: string) => /^(\d+[ywdhms])+$/.test(text.trim());

export const durationOf = (chosen: string, other: string) => (chosen === 'other' ? other.trim() : chosen);
