// Plain conversations about the world at large, written for this probe: what a base can say of them before tuning and after shows
// what tuning made it forget. Fixed, so that runs can be compared; never trained on.
import type { TrainingExample } from "../../core/questions.ts";

const pairs: readonly (readonly [question: string, answer: string])[] = [
  ["What is the capital of France?", "The capital of France is Paris."],
  ["How many days are there in a week?", "There are seven days in a week."],
  ["Why do we see lightning before we hear thunder?", "Light travels much faster than sound, so it reaches us first."],
  ["What is 12 times 12?", "12 times 12 is 144."],
  ["Give me a word that means the opposite of cold.", "Hot."],
  ["Which planet is closest to the sun?", "Mercury is the planet closest to the sun."],
  ["Finish the sentence: the early bird", "The early bird catches the worm."],
  ["What do bees make?", "Bees make honey, and wax for the cells in which they keep it."],
  ["Translate into German: Good morning, how are you?", "Guten Morgen, wie geht es dir?"],
  ["Name three primary colours.", "Red, yellow and blue."],
  ["What happens to water at zero degrees Celsius?", "It freezes and becomes ice."],
  ["Who wrote Romeo and Juliet?", "William Shakespeare wrote Romeo and Juliet."],
  ["What is the plural of mouse?", "The plural of mouse is mice."],
  [
    "How do I boil an egg?",
    "Put it into boiling water and take it out after six to ten minutes, depending on how firm you like it.",
  ],
  ["What is the largest ocean?", "The Pacific is the largest ocean on Earth."],
  [
    "Write a polite reply to an invitation that I cannot accept.",
    "Thank you very much for inviting me. I am sorry that I cannot come, and I wish you a lovely evening.",
  ],
  ["What does a thermometer measure?", "A thermometer measures temperature."],
  ["In which direction does the sun rise?", "The sun rises in the east."],
  ["Correct the mistake: She don't like tea.", "She doesn't like tea."],
  ["What is half of a hundred?", "Half of a hundred is fifty."],
  ["Why do leaves look green?", "They hold chlorophyll, which takes up red and blue light and reflects green."],
  ["What is the function of the heart?", "The heart pumps blood through the body."],
  ["Put into one sentence: It rained. We stayed at home.", "Because it rained, we stayed at home."],
  ["Which language is spoken in Brazil?", "Most people in Brazil speak Portuguese."],
];

export const generalText: readonly TrainingExample[] = pairs.map(([question, answer]) => ({
  messages: [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ],
}));
