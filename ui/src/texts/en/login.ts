export default {
  title: 'Log in',
  user: 'Username',
  password: 'Password',
  submit: 'Log in',
  wrong: 'Username or password is wrong. Try again.',
  loggedOut: 'You are logged out.',
  or: 'or',
};
