// Applies the chosen language and theme before anything is drawn, so that the page never flashes in the wrong colours.
(() => {
  const stored = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const theme = stored('hermes.theme');
  const dark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const language = stored('hermes.language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
})();
