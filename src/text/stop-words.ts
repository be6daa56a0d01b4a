// Function words per language: they carry no topic, so neither the index nor a query keeps them.
// Written for Assay; question words are among them because every question has one.

const lists = {
  en: `a about above after again against all am an and any are as at be because been before being below between both but by
    can could d did do does doing don down during each few for from further had has have having he her here hers herself him
    himself his how i if in into is it its itself just ll m many me more most much my myself no nor not now of off often on once only or other
    our ours ourselves out over own please re s same she should so some such t than that the their theirs them themselves then
    there these they this those through to too under until up ve very was we were what when where which while who whom whose why will
    with would you your yours yourself yourselves`,
  de: `aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei beim bin bis bist
    da damit dann das dass dasselbe dazu dein deine deinem deinen deiner dem den denn der deren des dessen dich die dies diese
    diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines einige einiger er es etwas euch euer eure
    für gegen gibt hab habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ins ist
    ja jede jedem jeden jeder jedes jene jener jetzt kann kein keine keinem keinen keiner können könnte man manche mein meine meinem
    meinen meiner mich mir mit muss müssen nach nicht nichts noch nun nur ob oder oft ohne sehr sein seine seinem seinen seiner seit
    sich sie sind so solche soll sollte sondern sonst über um und uns unser unsere unter viel viele vom von vor während war waren warst
    was weil welche welchem welchen welcher welches wem wen wenn wer werde werden wie wieder wieviel will wir wird wo wohin woher wurde wurden
    würde zu zum zur zwar zwischen warum wann wessen`,
  fr: `à ai aie as au aux avec avez avoir avons c ce ceci cela ces cet cette ceux comme comment d dans de des donc dont du elle
    elles en es est et étaient était étant été être eu eux fait il ils j je l la là le les leur leurs lui m ma mais me même
    mes moi mon n ne ni nos notre nous on ont ou où par pas pendant peut plus pour pourquoi qu quand que quel quelle quelles quels
    qui quoi s sa sans se sera ses si son sont sous suis sur t ta te tes toi ton tous tout toute toutes très tu un une vos votre
    vous y combien`,
  es: `a al algo algunas algunos ante antes aquel así aún bajo cada como cómo con contra cual cuál cuáles cuando cuándo cuánto cuántos
    de del desde donde dónde durante e el él ella ellas ellos en entre era eran es esa esas ese eso esos esta está están estas
    este esto estos estoy fue fueron ha hace hacia han hasta hay la las le les lo los más me mi mis mucho muy nada ni no nos
    nosotros o os otra otras otro otros para pero poco por porque qué que quien quién se sea según ser si sí sin sobre son su sus también
    tanto te tiene tienen todo todos tu tus un una uno unos usted y ya yo`,
  it: `a ad agli ai al alla alle allo anche c che chi ci cioè come con contro così cui d da dagli dai dal dalla dalle de degli dei del
    dell della delle dello di dopo dove e è ed era erano essere fra gli ha hai hanno ho i il in io l la le lei li lo loro lui ma
    mi mia mio ne negli nei nel nella nelle noi non nostra nostro o ogni per perché perchè più può qual quale quali quando quanto
    quanti quante quella quelle quello questa queste questi questo sarà se sei si sia sono sopra su sua sue sugli sui sul sulla suo suoi tra tu tutti tutto un una
    uno vi voi`,
  pt: `a à ao aos aquela aquele aquilo as às até com como da das de dela dele deles depois do dos e é ela elas ele eles em entre
    era eram essa essas esse esses esta está estas este estes eu foi foram há isso isto já lhe mais mas me mesmo meu minha
    muito na não nas nem no nos nós nossa nosso num numa o onde os ou para pela pelas pelo pelos por porque qual quais quando quanto quantos que quem
    são se sem ser seu seus só sua suas também te tem têm um uma umas uns você vocês`,
  nl: `aan al alles als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een en er ge geen geweest haar
    had heb hebben heeft hem het hier hij hoe hoeveel hun iets ik in is ja je kan kon kunnen maar me meer men met mij mijn moet na naar
    niet niets nog nu of om omdat ons ook op over reeds te tegen toch toen tot u uit uw van veel voor waar waarom wanneer want waren was wat
    welke werd wezen wie wij wil worden wordt zal ze zei zelf zich zij zijn zo zonder zou`,
  sv: `alla allt att av blev bli blir de dem den denna deras dess dessa det detta dig din dina ditt du där efter ej eller en er era
    ett från för ha hade han hans har henne hennes hon honom hur här i icke ingen inom inte jag ju kan kunde man med mellan men
    mig min mina mitt mot mycket ni nu när någon något några och om oss på samma sedan sig sin sina sitt ska skulle som så till
    under upp ut utan vad var vara varför varit vars vart vem vi vid vilka vilken vilket är över`,
  da: `af alle alt anden at blev blive bliver da de dem den denne der deres det dette dig din disse dog du efter eller en end er
    et for fra ham han hans har havde have hende hendes her hos hun hvad hvem hvis hvor hvordan hvorfor hvornår i ikke ind jeg
    jer jo kunne man mange med meget men mig min mine mit mod ned noget nogle nu når og også om op os over på selv sig sin
    sine sit skal skulle som sådan thi til ud under var vi vil ville vor være været`,
  no: `alle at av bare begge ble blei bli blir da de deg dei dem den denne der deres det dette di din disse du eller en enn er
    et for fordi fra før ha hadde han hans har henne hennes her hun hva hvem hver hvilken hvis hvor hvordan hvorfor i ikke
    ingen inn jeg kan kom kun kunne man mange med meg mellom men min mine mitt mot mye må ned noe noen nå når og også om opp
    oss over på samme seg selv sin sine sitt skal skulle slik som så til ut uten var vart ved vi vil ville være vært å`,
  fi: `ei eivät emme en et ette että he hän häneen hänelle hänen hänet ja joka joita jonka jos jossa jota jotka kanssa keitä
    kenen ketkä ketä koska kuin kuinka kuka me mikä mikäli miksi milloin missä mistä mitä mitkä mukaan mutta myös ne niiden niin niitä noin nyt
    olen olet oli olivat olla olleet ollut on ovat se sekä sen siitä sillä sinä sitä tai te tämä tämän tässä tätä vaan vai vaikka`,
  ru: `а без был была были было быть в вам вас весь во вот все всего всех вы где да даже для до его ее её если есть еще ещё же за
    здесь и из или им их к как какая какие какой когда кто ли мне много может можно мы на над надо нас не него нее нет ни них но
    ну о об однако он она они оно от очень по под почему при с сколько со так также такой там то того тоже только том ты у уже хотя чего чей чем
    что чтобы эта эти это этой этом этот я`,
  tr: `acaba ama ancak aslında az bana bazı belki ben beni bir birçok biri birkaç biz bize bu buna bunda bundan bunlar bunu çok
    çünkü da daha de defa diye eğer en gibi hem hep hepsi her hiç için ile ise kadar kim ki mi mı mu mü nasıl ne neden nerede nereye niçin niye
    o olan olarak oldu olduğu on onlar onu sanki siz şey şu tüm ve veya ya yani`,
} as const;

/** ISO 639-1 codes of the languages that Assay stems. */
export type StemmedLanguage = keyof typeof lists;

export const stemmedLanguages: readonly StemmedLanguage[] = Object.keys(lists) as StemmedLanguage[];

/** Lower-case, with diacritics. */
export const stopWords: Readonly<Record<StemmedLanguage, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries(lists).map(([language, list]) => [language, new Set(list.split(/\s+/))]),
) as Record<StemmedLanguage, Set<string>>;
