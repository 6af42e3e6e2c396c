// Of the API that these pages speak.
export const API_VERSION = 59;
